-- What migrate would run on PostgreSQL 15.18 (Debian 15.18-0+deb12u1) ("public"."flyway_schema_history" of stillway_test_29980_206)
SET search_path = "public", public;
CREATE TABLE "public"."flyway_schema_history" (
    "installed_rank" INT NOT NULL,
    "version" VARCHAR(50),
    "description" VARCHAR(200) NOT NULL,
    "type" VARCHAR(20) NOT NULL,
    "script" VARCHAR(1000) NOT NULL,
    "checksum" INTEGER,
    "installed_by" VARCHAR(100) NOT NULL,
    "installed_on" TIMESTAMP NOT NULL DEFAULT now(),
    "execution_time" INTEGER NOT NULL,
    "success" BOOLEAN NOT NULL
);
ALTER TABLE "public"."flyway_schema_history" ADD CONSTRAINT "flyway_schema_history_pk" PRIMARY KEY ("installed_rank");
CREATE INDEX "flyway_schema_history_s_idx" ON "public"."flyway_schema_history" ("success");

-- Executing: migrate -> 1 - a
-- Source: /tmp/stillwayM9aPeP0C/project/V1__a.sql
BEGIN;
CREATE TABLE a (id INT);
INSERT INTO "public"."flyway_schema_history" ("installed_rank", "version", "description", "type", "script", "checksum", "installed_by", "installed_on", "execution_time", "success") VALUES ((SELECT greatest(coalesce(max("installed_rank"), 0), 0) + 1 FROM "public"."flyway_schema_history"), '1', 'a', 'SQL', 'V1__a.sql', -2090711421, current_user, timezone('UTC', now()), 0, true);
COMMIT;

-- Executing: migrate -> 2 - b
-- Source: /tmp/stillwayM9aPeP0C/project/V2__b.sql
BEGIN;
CREATE TABLE b (id INT);
INSERT INTO "public"."flyway_schema_history" ("installed_rank", "version", "description", "type", "script", "checksum", "installed_by", "installed_on", "execution_time", "success") VALUES ((SELECT greatest(coalesce(max("installed_rank"), 0), 0) + 1 FROM "public"."flyway_schema_history"), '2', 'b', 'SQL', 'V2__b.sql', 444604546, current_user, timezone('UTC', now()), 0, true);
COMMIT;
