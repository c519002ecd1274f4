-- A store as control left it before it kept labels of entries: a maintenance with the allowlist enabled, and an entry that was
-- removed.
PRAGMA foreign_keys = OFF;
BEGIN TRANSACTION;
CREATE TABLE answers (
        actor    TEXT NOT NULL,
        key      TEXT NOT NULL,
        request  BLOB NOT NULL,
        at       INTEGER NOT NULL,
        outcomes TEXT NOT NULL,
        PRIMARY KEY (actor, key)
    ) STRICT;
CREATE TABLE barriers (
        id              TEXT PRIMARY KEY,
        service         TEXT NOT NULL,
        revision        INTEGER NOT NULL,
        actor           TEXT NOT NULL,
        began           TEXT NOT NULL,
        timeout         INTEGER NOT NULL,
        expect          INTEGER,
        ignore_upgraded INTEGER NOT NULL,
        progress        TEXT
    , gone_after INTEGER) STRICT;
CREATE TABLE events (
        sequence INTEGER PRIMARY KEY,
        service  TEXT NOT NULL,
        revision INTEGER NOT NULL,
        at       TEXT NOT NULL,
        actor    TEXT NOT NULL,
        action   TEXT NOT NULL,
        reason   TEXT
    ) STRICT;
CREATE TABLE forgiven (
        service TEXT NOT NULL,
        name    TEXT NOT NULL,
        boot    TEXT NOT NULL,
        thread  TEXT NOT NULL,
        PRIMARY KEY (service, name, boot, thread)
    ) STRICT;
CREATE TABLE grants (
        name        TEXT PRIMARY KEY REFERENCES tokens (name),
        role        TEXT NOT NULL,
        services    TEXT NOT NULL,
        nodes       TEXT NOT NULL,
        max_polls   INTEGER NOT NULL,
        max_members INTEGER NOT NULL,
        created_by  TEXT NOT NULL,
        created_at  TEXT NOT NULL,
        revoked_by  TEXT,
        revoked_at  TEXT
    ) STRICT;
INSERT INTO "grants" VALUES('operator','operator','[]','*',10000,1000,'control','2026-11-28T16:01:43.643Z',NULL,NULL);
CREATE TABLE history (
        sequence INTEGER PRIMARY KEY,
        service  TEXT NOT NULL,
        revision INTEGER NOT NULL,
        at       TEXT NOT NULL,
        actor    TEXT NOT NULL,
        action   TEXT NOT NULL,
        reason   TEXT,
        before   TEXT,
        after    TEXT NOT NULL, timer TEXT, tag TEXT,
        UNIQUE (service, revision)
    ) STRICT;
INSERT INTO "history" VALUES(1,'shop',1,'2026-11-28T16:01:46.472Z','operator','add',NULL,NULL,'{"version":1,"critical":[],"store":"01M8HE866360GX9MXW68V6VEKP","service":"shop","revision":1,"maintenance":"off","allowlist":{"enabled":false,"cidrs":[]},"scope":{"hosts":[],"paths":[]},"exempt":{"paths":["/health","/healthcheck","/health_check","/actuator/health","/actuator/health/","/healthz","/livez","/readyz","/robots.txt","/.well-known/acme-challenge/","/grpc.health.v1.Health/"],"probers":[]},"api":{"hosts":[],"paths":["/api"]},"notice":{"until":null,"retry_after":300,"retry_after_max":3600,"cors_origins":["*"],"language":"en","title":null,"message":null,"contact":null,"logo":null,"colors":null,"html":null,"content_security_policy":null,"languages":{}}}',NULL,'"01M8HE866360GX9MXW68V6VEKP/1/77fe1bf6a871d768"');
INSERT INTO "history" VALUES(2,'shop',2,'2026-11-28T16:01:46.491Z','operator','allowlist add','test 42',NULL,'{"version":1,"critical":[],"store":"01M8HE866360GX9MXW68V6VEKP","service":"shop","revision":2,"maintenance":"off","allowlist":{"enabled":false,"cidrs":["203.0.113.7","2001:db8::/32"]},"scope":{"hosts":[],"paths":[]},"exempt":{"paths":["/health","/healthcheck","/health_check","/actuator/health","/actuator/health/","/healthz","/livez","/readyz","/robots.txt","/.well-known/acme-challenge/","/grpc.health.v1.Health/"],"probers":[]},"api":{"hosts":[],"paths":["/api"]},"notice":{"until":null,"retry_after":300,"retry_after_max":3600,"cors_origins":["*"],"language":"en","title":null,"message":null,"contact":null,"logo":null,"colors":null,"html":null,"content_security_policy":null,"languages":{}}}',NULL,'"01M8HE866360GX9MXW68V6VEKP/2/a8484e75594ca357"');
INSERT INTO "history" VALUES(3,'shop',3,'2026-11-28T16:01:46.528Z','operator','enter','new disks',NULL,'{"version":1,"critical":[],"store":"01M8HE866360GX9MXW68V6VEKP","service":"shop","revision":3,"maintenance":"all","allowlist":{"enabled":true,"cidrs":["203.0.113.7","2001:db8::/32"]},"scope":{"hosts":[],"paths":[]},"exempt":{"paths":["/health","/healthcheck","/health_check","/actuator/health","/actuator/health/","/healthz","/livez","/readyz","/robots.txt","/.well-known/acme-challenge/","/grpc.health.v1.Health/"],"probers":[]},"api":{"hosts":[],"paths":["/api"]},"notice":{"until":null,"retry_after":300,"retry_after_max":3600,"cors_origins":["*"],"language":"en","title":null,"message":null,"contact":null,"logo":null,"colors":null,"html":null,"content_security_policy":null,"languages":{}}}',NULL,'"01M8HE866360GX9MXW68V6VEKP/3/e224ae487ddb133d"');
INSERT INTO "history" VALUES(4,'shop',4,'2026-11-28T16:01:46.555Z','operator','allowlist add',NULL,NULL,'{"version":1,"critical":[],"store":"01M8HE866360GX9MXW68V6VEKP","service":"shop","revision":4,"maintenance":"all","allowlist":{"enabled":true,"cidrs":["203.0.113.7","2001:db8::/32","192.0.2.0/24"]},"scope":{"hosts":[],"paths":[]},"exempt":{"paths":["/health","/healthcheck","/health_check","/actuator/health","/actuator/health/","/healthz","/livez","/readyz","/robots.txt","/.well-known/acme-challenge/","/grpc.health.v1.Health/"],"probers":[]},"api":{"hosts":[],"paths":["/api"]},"notice":{"until":null,"retry_after":300,"retry_after_max":3600,"cors_origins":["*"],"language":"en","title":null,"message":null,"contact":null,"logo":null,"colors":null,"html":null,"content_security_policy":null,"languages":{}}}',NULL,'"01M8HE866360GX9MXW68V6VEKP/4/0b6fd5164d9d6ef8"');
INSERT INTO "history" VALUES(5,'shop',5,'2026-11-28T16:01:46.591Z','operator','allowlist remove',NULL,NULL,'{"version":1,"critical":[],"store":"01M8HE866360GX9MXW68V6VEKP","service":"shop","revision":5,"maintenance":"all","allowlist":{"enabled":true,"cidrs":["2001:db8::/32","192.0.2.0/24"]},"scope":{"hosts":[],"paths":[]},"exempt":{"paths":["/health","/healthcheck","/health_check","/actuator/health","/actuator/health/","/healthz","/livez","/readyz","/robots.txt","/.well-known/acme-challenge/","/grpc.health.v1.Health/"],"probers":[]},"api":{"hosts":[],"paths":["/api"]},"notice":{"until":null,"retry_after":300,"retry_after_max":3600,"cors_origins":["*"],"language":"en","title":null,"message":null,"contact":null,"logo":null,"colors":null,"html":null,"content_security_policy":null,"languages":{}}}',NULL,'"01M8HE866360GX9MXW68V6VEKP/5/15c9589dcc737bad"');
CREATE TABLE members (
        service TEXT NOT NULL,
        name    TEXT NOT NULL,
        boot    TEXT NOT NULL,
        kind    TEXT NOT NULL,
        wait    INTEGER NOT NULL,
        lease   INTEGER,
        joined  TEXT NOT NULL,
        token   TEXT NOT NULL,
        PRIMARY KEY (service, name, boot)
    ) STRICT;
CREATE TABLE services (
        name     TEXT PRIMARY KEY,
        revision INTEGER NOT NULL,
        document TEXT NOT NULL
    , since TEXT, documents_from INTEGER NOT NULL DEFAULT 1) STRICT;
INSERT INTO "services" VALUES('shop',5,'{"version":1,"critical":[],"store":"01M8HE866360GX9MXW68V6VEKP","service":"shop","revision":5,"maintenance":"all","allowlist":{"enabled":true,"cidrs":["2001:db8::/32","192.0.2.0/24"]},"scope":{"hosts":[],"paths":[]},"exempt":{"paths":["/health","/healthcheck","/health_check","/actuator/health","/actuator/health/","/healthz","/livez","/readyz","/robots.txt","/.well-known/acme-challenge/","/grpc.health.v1.Health/"],"probers":[]},"api":{"hosts":[],"paths":["/api"]},"notice":{"until":null,"retry_after":300,"retry_after_max":3600,"cors_origins":["*"],"language":"en","title":null,"message":null,"contact":null,"logo":null,"colors":null,"html":null,"content_security_policy":null,"languages":{}}}','{"revision":3,"at":"2026-11-28T16:01:46.528Z","actor":"operator","action":"enter","reason":"new disks"}',1);
CREATE TABLE store (
        only     INTEGER PRIMARY KEY CHECK (only = 1),
        identity TEXT NOT NULL
    ) STRICT;
INSERT INTO "store" VALUES(1,'01M8HE866360GX9MXW68V6VEKP');
CREATE TABLE tokens (
        name TEXT PRIMARY KEY,
        hash BLOB NOT NULL
    ) STRICT;
INSERT INTO "tokens" VALUES('operator',X'6F4C215E1761C3221FACC107B641C73224290635563B867AE35E3C39C9F1212B');
CREATE INDEX events_of_service ON events (service, revision);
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
        BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER grants_are_never_deleted BEFORE DELETE ON grants
        BEGIN SELECT RAISE(ABORT, 'the name of a token is never used again'); END;
CREATE TRIGGER grants_never_grow
        BEFORE UPDATE OF name, role, services, nodes, max_polls, max_members ON grants
        BEGIN SELECT RAISE(ABORT, 'the grant of a token never changes'); END;
CREATE TRIGGER grants_are_revoked_for_ever BEFORE UPDATE ON grants WHEN OLD.revoked_at IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'a revoked token stays revoked'); END;
CREATE TRIGGER history_loses_documents_only BEFORE UPDATE ON history
        WHEN NEW.after <> '' OR NEW.before IS NOT NULL OR NEW.sequence <> OLD.sequence
             OR NEW.service <> OLD.service OR NEW.revision <> OLD.revision OR NEW.at <> OLD.at
             OR NEW.actor <> OLD.actor OR NEW.action <> OLD.action OR NEW.reason IS NOT OLD.reason
             OR NEW.timer IS NOT OLD.timer OR NEW.tag IS NOT coalesce(OLD.tag, NEW.tag)
        BEGIN SELECT RAISE(ABORT, 'history is append-only: only its first documents and records are removed'); END;
CREATE TRIGGER history_is_removed_from_its_beginning BEFORE DELETE ON history
        WHEN OLD.revision >= (SELECT revision FROM services WHERE name = OLD.service)
             OR EXISTS (SELECT 1 FROM history WHERE service = OLD.service AND revision < OLD.revision)
        BEGIN SELECT RAISE(ABORT, 'history is append-only: only its first documents and records are removed'); END;
COMMIT;
PRAGMA user_version = 7;
