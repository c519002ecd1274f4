-- A store as the first version of control left it when it was killed in the middle of a wait: pretty documents, an exempt
-- path with a star, 200 languages, two nodes.
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
    ) STRICT;
INSERT INTO "barriers" VALUES('4916c70a1c9d27f907d5e0e2df0ae053','shop',3,'operator','2026-11-27T17:25:41.668Z',120,3,0,NULL);
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
INSERT INTO "grants" VALUES('operator','operator','[]','*',10000,1000,'operator','2026-11-27T17:25:39.033325991Z',NULL,NULL);
INSERT INTO "grants" VALUES('node','node','[]','*',10000,1000,'operator','2026-11-27T17:25:40.627Z',NULL,NULL);
CREATE TABLE history (
        sequence INTEGER PRIMARY KEY,
        service  TEXT NOT NULL,
        revision INTEGER NOT NULL,
        at       TEXT NOT NULL,
        actor    TEXT NOT NULL,
        action   TEXT NOT NULL,
        reason   TEXT,
        before   TEXT,
        after    TEXT NOT NULL, timer TEXT,
        UNIQUE (service, revision)
    ) STRICT;
INSERT INTO "history" VALUES(1,'shop',1,'2026-11-27T17:25:39.948Z','operator','add',NULL,NULL,'{
  "version": 1,
  "critical": [],
  "store": "01M8F0N4FZ89K3B9GD2W8D06SR",
  "service": "shop",
  "revision": 1,
  "maintenance": "off",
  "allowlist": {
    "enabled": false,
    "cidrs": []
  },
  "scope": {
    "hosts": [],
    "paths": []
  },
  "exempt": {
    "paths": [
      "/healthz",
      "/livez",
      "/readyz",
      "/robots.txt",
      "/.well-known/acme-challenge/",
      "/grpc.health.v1.Health/"
    ]
  },
  "api": {
    "hosts": [],
    "paths": [
      "/api"
    ]
  },
  "notice": {
    "until": null,
    "retry_after": 300,
    "cors_origins": [
      "*"
    ],
    "language": "en",
    "title": null,
    "message": null,
    "contact": null,
    "logo": null,
    "colors": null,
    "html": null,
    "content_security_policy": null,
    "languages": {}
  }
}',NULL);
INSERT INTO "history" VALUES(2,'shop',2,'2026-11-27T17:25:40.487Z','operator','patch',NULL,'{
  "version": 1,
  "critical": [],
  "store": "01M8F0N4FZ89K3B9GD2W8D06SR",
  "service": "shop",
  "revision": 1,
  "maintenance": "off",
  "allowlist": {
    "enabled": false,
    "cidrs": []
  },
  "scope": {
    "hosts": [],
    "paths": []
  },
  "exempt": {
    "paths": [
      "/healthz",
      "/livez",
      "/readyz",
      "/robots.txt",
      "/.well-known/acme-challenge/",
      "/grpc.health.v1.Health/"
    ]
  },
  "api": {
    "hosts": [],
    "paths": [
      "/api"
    ]
  },
  "notice": {
    "until": null,
    "retry_after": 300,
    "cors_origins": [
      "*"
    ],
    "language": "en",
    "title": null,
    "message": null,
    "contact": null,
    "logo": null,
    "colors": null,
    "html": null,
    "content_security_policy": null,
    "languages": {}
  }
}','{
  "version": 1,
  "critical": [],
  "store": "01M8F0N4FZ89K3B9GD2W8D06SR",
  "service": "shop",
  "revision": 2,
  "maintenance": "off",
  "allowlist": {
    "enabled": false,
    "cidrs": []
  },
  "scope": {
    "hosts": [],
    "paths": []
  },
  "exempt": {
    "paths": [
      "/healthz",
      "/t/*/hooks"
    ]
  },
  "api": {
    "hosts": [],
    "paths": [
      "/api"
    ]
  },
  "notice": {
    "until": null,
    "retry_after": 300,
    "cors_origins": [
      "*"
    ],
    "language": "en",
    "title": null,
    "message": null,
    "contact": null,
    "logo": null,
    "colors": null,
    "html": null,
    "content_security_policy": null,
    "languages": {
      "qaa": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qab": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qac": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qad": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qae": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qaf": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qag": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qah": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qai": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qaj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qak": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qal": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qam": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qan": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qao": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qap": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qaq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qar": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qas": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qat": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qau": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qav": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qaw": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qax": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qay": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qaz": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qba": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbc": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbd": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbe": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbf": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbh": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbi": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbk": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbl": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbm": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbn": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbo": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbp": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbr": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbs": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbt": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbu": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbv": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbw": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbx": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qby": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbz": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qca": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcc": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcd": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qce": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcf": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qch": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qci": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qck": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcl": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcm": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcn": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qco": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcp": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcr": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcs": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qct": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcu": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcv": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcw": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcx": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcy": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcz": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qda": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdc": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdd": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qde": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdf": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdh": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdi": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdk": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdl": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdm": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdn": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdo": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdp": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdr": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qds": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdt": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdu": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdv": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdw": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdx": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdy": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdz": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qea": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qeb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qec": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qed": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qee": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qef": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qeg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qeh": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qei": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qej": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qek": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qel": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qem": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qen": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qeo": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qep": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qeq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qer": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qes": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qet": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qeu": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qev": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qew": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qex": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qey": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qez": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfa": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfc": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfd": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfe": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qff": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfh": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfi": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfk": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfl": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfm": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfn": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfo": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfp": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfr": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfs": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qft": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfu": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfv": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfw": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfx": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfy": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfz": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qga": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgc": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgd": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qge": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgf": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgh": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgi": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgk": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgl": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgm": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgn": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgo": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgp": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgr": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgs": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgt": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgu": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgv": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgw": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgx": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgy": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgz": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qha": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhc": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhd": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhe": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhf": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhh": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhi": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhk": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhl": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhm": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhn": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qho": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhp": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhr": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      }
    }
  }
}',NULL);
INSERT INTO "history" VALUES(3,'shop',3,'2026-11-27T17:25:41.668Z','operator','enter','upgrade','{
  "version": 1,
  "critical": [],
  "store": "01M8F0N4FZ89K3B9GD2W8D06SR",
  "service": "shop",
  "revision": 2,
  "maintenance": "off",
  "allowlist": {
    "enabled": false,
    "cidrs": []
  },
  "scope": {
    "hosts": [],
    "paths": []
  },
  "exempt": {
    "paths": [
      "/healthz",
      "/t/*/hooks"
    ]
  },
  "api": {
    "hosts": [],
    "paths": [
      "/api"
    ]
  },
  "notice": {
    "until": null,
    "retry_after": 300,
    "cors_origins": [
      "*"
    ],
    "language": "en",
    "title": null,
    "message": null,
    "contact": null,
    "logo": null,
    "colors": null,
    "html": null,
    "content_security_policy": null,
    "languages": {
      "qaa": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qab": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qac": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qad": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qae": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qaf": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qag": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qah": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qai": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qaj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qak": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qal": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qam": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qan": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qao": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qap": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qaq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qar": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qas": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qat": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qau": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qav": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qaw": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qax": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qay": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qaz": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qba": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbc": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbd": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbe": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbf": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbh": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbi": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbk": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbl": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbm": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbn": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbo": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbp": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbr": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbs": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbt": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbu": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbv": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbw": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbx": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qby": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbz": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qca": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcc": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcd": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qce": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcf": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qch": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qci": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qck": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcl": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcm": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcn": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qco": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcp": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcr": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcs": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qct": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcu": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcv": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcw": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcx": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcy": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcz": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qda": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdc": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdd": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qde": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdf": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdh": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdi": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdk": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdl": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdm": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdn": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdo": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdp": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdr": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qds": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdt": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdu": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdv": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdw": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdx": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdy": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdz": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qea": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qeb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qec": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qed": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qee": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qef": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qeg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qeh": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qei": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qej": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qek": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qel": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qem": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qen": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qeo": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qep": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qeq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qer": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qes": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qet": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qeu": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qev": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qew": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qex": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qey": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qez": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfa": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfc": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfd": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfe": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qff": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfh": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfi": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfk": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfl": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfm": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfn": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfo": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfp": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfr": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfs": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qft": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfu": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfv": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfw": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfx": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfy": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfz": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qga": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgc": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgd": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qge": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgf": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgh": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgi": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgk": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgl": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgm": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgn": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgo": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgp": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgr": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgs": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgt": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgu": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgv": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgw": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgx": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgy": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgz": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qha": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhc": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhd": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhe": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhf": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhh": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhi": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhk": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhl": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhm": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhn": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qho": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhp": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhr": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      }
    }
  }
}','{
  "version": 1,
  "critical": [],
  "store": "01M8F0N4FZ89K3B9GD2W8D06SR",
  "service": "shop",
  "revision": 3,
  "maintenance": "all",
  "allowlist": {
    "enabled": false,
    "cidrs": []
  },
  "scope": {
    "hosts": [],
    "paths": []
  },
  "exempt": {
    "paths": [
      "/healthz",
      "/t/*/hooks"
    ]
  },
  "api": {
    "hosts": [],
    "paths": [
      "/api"
    ]
  },
  "notice": {
    "until": null,
    "retry_after": 300,
    "cors_origins": [
      "*"
    ],
    "language": "en",
    "title": null,
    "message": null,
    "contact": null,
    "logo": null,
    "colors": null,
    "html": null,
    "content_security_policy": null,
    "languages": {
      "qaa": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qab": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qac": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qad": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qae": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qaf": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qag": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qah": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qai": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qaj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qak": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qal": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qam": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qan": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qao": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qap": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qaq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qar": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qas": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qat": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qau": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qav": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qaw": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qax": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qay": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qaz": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qba": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbc": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbd": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbe": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbf": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbh": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbi": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbk": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbl": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbm": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbn": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbo": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbp": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbr": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbs": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbt": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbu": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbv": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbw": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbx": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qby": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbz": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qca": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcc": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcd": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qce": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcf": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qch": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qci": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qck": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcl": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcm": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcn": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qco": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcp": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcr": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcs": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qct": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcu": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcv": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcw": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcx": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcy": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcz": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qda": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdc": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdd": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qde": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdf": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdh": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdi": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdk": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdl": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdm": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdn": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdo": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdp": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdr": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qds": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdt": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdu": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdv": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdw": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdx": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdy": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdz": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qea": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qeb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qec": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qed": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qee": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qef": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qeg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qeh": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qei": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qej": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qek": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qel": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qem": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qen": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qeo": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qep": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qeq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qer": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qes": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qet": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qeu": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qev": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qew": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qex": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qey": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qez": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfa": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfc": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfd": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfe": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qff": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfh": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfi": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfk": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfl": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfm": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfn": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfo": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfp": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfr": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfs": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qft": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfu": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfv": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfw": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfx": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfy": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfz": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qga": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgc": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgd": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qge": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgf": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgh": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgi": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgk": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgl": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgm": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgn": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgo": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgp": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgr": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgs": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgt": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgu": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgv": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgw": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgx": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgy": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgz": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qha": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhc": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhd": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhe": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhf": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhh": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhi": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhk": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhl": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhm": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhn": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qho": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhp": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhr": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      }
    }
  }
}',NULL);
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
INSERT INTO "members" VALUES('shop','shop-1','9959da30c0a6e59a','tower',10,NULL,'2026-11-27T17:25:40.719935398Z','operator');
INSERT INTO "members" VALUES('shop','shop-2','c77df9b4896bc56a','tower',10,NULL,'2026-11-27T17:25:40.720777369Z','operator');
CREATE TABLE services (
        name     TEXT PRIMARY KEY,
        revision INTEGER NOT NULL,
        document TEXT NOT NULL
    ) STRICT;
INSERT INTO "services" VALUES('shop',3,'{
  "version": 1,
  "critical": [],
  "store": "01M8F0N4FZ89K3B9GD2W8D06SR",
  "service": "shop",
  "revision": 3,
  "maintenance": "all",
  "allowlist": {
    "enabled": false,
    "cidrs": []
  },
  "scope": {
    "hosts": [],
    "paths": []
  },
  "exempt": {
    "paths": [
      "/healthz",
      "/t/*/hooks"
    ]
  },
  "api": {
    "hosts": [],
    "paths": [
      "/api"
    ]
  },
  "notice": {
    "until": null,
    "retry_after": 300,
    "cors_origins": [
      "*"
    ],
    "language": "en",
    "title": null,
    "message": null,
    "contact": null,
    "logo": null,
    "colors": null,
    "html": null,
    "content_security_policy": null,
    "languages": {
      "qaa": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qab": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qac": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qad": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qae": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qaf": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qag": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qah": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qai": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qaj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qak": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qal": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qam": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qan": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qao": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qap": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qaq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qar": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qas": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qat": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qau": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qav": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qaw": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qax": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qay": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qaz": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qba": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbc": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbd": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbe": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbf": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbh": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbi": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbk": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbl": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbm": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbn": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbo": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbp": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbr": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbs": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbt": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbu": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbv": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbw": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbx": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qby": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qbz": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qca": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcc": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcd": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qce": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcf": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qch": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qci": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qck": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcl": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcm": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcn": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qco": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcp": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcr": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcs": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qct": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcu": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcv": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcw": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcx": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcy": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qcz": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qda": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdc": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdd": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qde": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdf": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdh": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdi": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdk": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdl": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdm": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdn": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdo": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdp": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdr": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qds": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdt": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdu": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdv": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdw": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdx": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdy": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qdz": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qea": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qeb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qec": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qed": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qee": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qef": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qeg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qeh": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qei": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qej": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qek": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qel": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qem": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qen": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qeo": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qep": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qeq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qer": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qes": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qet": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qeu": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qev": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qew": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qex": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qey": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qez": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfa": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfc": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfd": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfe": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qff": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfh": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfi": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfk": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfl": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfm": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfn": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfo": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfp": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfr": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfs": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qft": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfu": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfv": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfw": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfx": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfy": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qfz": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qga": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgc": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgd": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qge": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgf": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgh": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgi": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgk": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgl": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgm": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgn": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgo": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgp": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgr": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgs": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgt": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgu": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgv": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgw": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgx": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgy": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qgz": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qha": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhb": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhc": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhd": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhe": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhf": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhg": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhh": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhi": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhj": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhk": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhl": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhm": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhn": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qho": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhp": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhq": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      },
      "qhr": {
        "title": "t",
        "message": "m",
        "contact": null,
        "logo": null,
        "colors": null,
        "html": null,
        "content_security_policy": null
      }
    }
  }
}');
CREATE TABLE store (
        only     INTEGER PRIMARY KEY CHECK (only = 1),
        identity TEXT NOT NULL
    ) STRICT;
INSERT INTO "store" VALUES(1,'01M8F0N4FZ89K3B9GD2W8D06SR');
CREATE TABLE tokens (
        name TEXT PRIMARY KEY,
        hash BLOB NOT NULL
    ) STRICT;
INSERT INTO "tokens" VALUES('operator',X'77CFEDFBEC83F224E624111D2DB06C149658143B2400E16EDAAADA9870036B90');
INSERT INTO "tokens" VALUES('node',X'31ECE9F7EBF2363B1411E4C030933F5716956A01D1321981278F9B0277A4DC21');
CREATE TRIGGER history_is_never_changed BEFORE UPDATE ON history
        BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER history_is_never_deleted BEFORE DELETE ON history
        BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE INDEX events_of_service ON events (service, revision);
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
        BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
        BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER grants_are_never_deleted BEFORE DELETE ON grants
        BEGIN SELECT RAISE(ABORT, 'a token''s name is never given again'); END;
CREATE TRIGGER grants_never_grow
        BEFORE UPDATE OF name, role, services, nodes, max_polls, max_members ON grants
        BEGIN SELECT RAISE(ABORT, 'what a token is for does not change'); END;
CREATE TRIGGER grants_are_revoked_for_ever BEFORE UPDATE ON grants WHEN OLD.revoked_at IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'a token is revoked for ever'); END;
COMMIT;
PRAGMA user_version = 5;
