"""Upstreams, and the routes that lead to them."""

TEXT = """
CREATE TABLE upstream(
    id @INT@ PRIMARY KEY, name TEXT NOT NULL UNIQUE, host TEXT NOT NULL, port @INT@ NOT NULL,
    org @INT@ NOT NULL, tls @INT@ NOT NULL, tls_verify @INT@ NOT NULL, tls_ca TEXT NOT NULL,
    tls_server_name TEXT NOT NULL, tls_certificate TEXT NOT NULL, tls_key TEXT NOT NULL,
    system_id TEXT NOT NULL, password @BYTES@, system_type TEXT NOT NULL, bind_mode TEXT NOT NULL,
    binds @INT@ NOT NULL, window @INT@ NOT NULL, rate_per_s @INT@, interface_version @INT@ NOT NULL,
    source TEXT NOT NULL, destination_ton @INT@ NOT NULL, destination_npi @INT@ NOT NULL,
    destination_plus @INT@ NOT NULL, long_form TEXT NOT NULL, receipts TEXT NOT NULL,
    id_format TEXT NOT NULL, service_type TEXT NOT NULL, repeats TEXT NOT NULL,
    submit_fail TEXT NOT NULL, coding_0 TEXT NOT NULL,
    enquire_link_seconds @INT@ NOT NULL, response_seconds @INT@ NOT NULL,
    reconnect_seconds @INT@ NOT NULL, numbers TEXT NOT NULL, octets @INT@ NOT NULL, ucs2 @INT@ NOT NULL,
    user_data_header @INT@ NOT NULL, segments @INT@ NOT NULL, failover_seconds @INT@ NOT NULL,
    shared @INT@ NOT NULL, enabled @INT@ NOT NULL, created_at @INT@ NOT NULL,
    updated_at @INT@ NOT NULL)@STRICT@;
CREATE INDEX upstream_of_org ON upstream(org, id);
CREATE TABLE route(
    id @INT@ PRIMARY KEY, upstream TEXT NOT NULL, org @INT@ NOT NULL, network TEXT NOT NULL,
    prefix TEXT NOT NULL, cost @INT@ NOT NULL, weight @INT@ NOT NULL, enabled @INT@ NOT NULL,
    created_at @INT@ NOT NULL, updated_at @INT@ NOT NULL, UNIQUE(org, network, prefix, upstream))@STRICT@;
CREATE INDEX route_of_upstream ON route(upstream, id);
CREATE INDEX delivery_via ON delivery(via, place, id) WHERE via <> '' AND place <> 1 AND place <> 3
"""
