"""${message}"""
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}

def upgrade(engine_name):
    globals()["upgrade_%s" % engine_name]()

<%
    db_names = config.get_main_option("databases")
%>
% for db_name in (db_names or "one, two").split(", "):

def upgrade_${db_name}():
    ${context.get("%s_upgrades" % db_name, "pass")}

% endfor
