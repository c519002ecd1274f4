# Varnish before two instances of a service that Intermission may close; docs/in-front.md explains each line.
vcl 4.1;

import directors;

probe health {
    # A path that stays open in maintenance. Without it Varnish asks for `/`, and calls a closed service sick.
    .url = "/healthz";
    .interval = 200ms;
    .window = 2;
    .threshold = 1;
    .initial = 1;
}

backend one {
    .host = "127.0.0.1";
    .port = "8081";
    .probe = health;
}

backend two {
    .host = "127.0.0.1";
    .port = "8082";
    .probe = health;
}

sub vcl_init {
    new shop = directors.round_robin();
    shop.add_backend(one);
    shop.add_backend(two);
}

sub vcl_recv {
    set req.backend_hint = shop.backend();

    # The client's address, in place of whatever a client sends under this name.
    set req.http.X-Forwarded-For = client.ip;
    unset req.http.Forwarded;
    unset req.http.X-Real-IP;

    # Names of hosts, paths and methods that applications believe, and that only a proxy should set.
    unset req.http.X-Forwarded-Host;
    unset req.http.X-Original-Host;
    unset req.http.X-Host;
    unset req.http.X-Original-URL;
    unset req.http.X-Rewrite-URL;
    unset req.http.X-HTTP-Method-Override;
    unset req.http.X-HTTP-Method;
    unset req.http.X-Method-Override;
}

sub vcl_backend_response {
    if (beresp.http.Intermission) {
        # A refusal is delivered as it is and not kept, whatever else this file does with 5xx.
        set beresp.uncacheable = true;
        set beresp.ttl = 0s;
        set beresp.grace = 0s;
        return (deliver);
    }
    # Nothing is served after its time, so that a closed service does not show old pages.
    set beresp.grace = 0s;
}
