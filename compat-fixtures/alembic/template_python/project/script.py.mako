<%!
    import re
%>\
<%
    words = (message or "").split()
%>\
"""${message.title() if message else "none"}
% for word in words:
- ${word.upper()} ${loop.index}
% endfor
"""
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
