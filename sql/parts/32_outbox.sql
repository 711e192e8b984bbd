
/* ---- notifications of runs, delivered after they commit ---- */

CREATE SEQUENCE _flux_catalog.delivery_id_seq;

/* headers: name, value, name, value ...; url, headers and body may hold secrets. */
CREATE TABLE _flux_catalog.outbox (
    delivery_id bigint PRIMARY KEY DEFAULT nextval('_flux_catalog.delivery_id_seq'),
    run_id bigint NOT NULL,
    task_id bigint NOT NULL,
    task_name text NOT NULL,
    owner regrole NOT NULL,
    host text NOT NULL,                         -- scheme and host of the url, to be shown
    url text NOT NULL,
    headers text[] NOT NULL,
    body bytea NOT NULL,
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    next_attempt timestamptz,                   -- NULL unless pending
    finished_at timestamptz,
    response integer,                           -- status of the last answer
    error text
);
CREATE INDEX outbox_pending_idx ON _flux_catalog.outbox (owner, next_attempt)
    WHERE status = 'pending';
CREATE INDEX outbox_finished_idx ON _flux_catalog.outbox (finished_at);

/* A restored database must not send again what the dumped one sent. */
SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.outbox', 'WHERE status <> ''pending''');
SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.delivery_id_seq', '');

CREATE VIEW flux.deliveries WITH (security_barrier) AS
SELECT d.delivery_id, d.run_id, d.task_id, coalesce(t.name, d.task_name) AS task, d.status, d.host,
       d.attempts, d.created_at, d.next_attempt, d.finished_at, d.response, d.error,
       d.owner::text AS owner
FROM _flux_catalog.outbox AS d LEFT JOIN _flux_catalog.task AS t USING (task_id)
WHERE pg_catalog.pg_has_role(d.owner, 'USAGE');
COMMENT ON VIEW flux.deliveries IS 'notifications that runs have sent or are to send';
GRANT SELECT ON flux.deliveries TO PUBLIC;

CREATE PROCEDURE flux.deliver(max_deliveries integer DEFAULT NULL)
LANGUAGE c
AS 'MODULE_PATHNAME', 'fluxtask_deliver';
COMMENT ON PROCEDURE flux.deliver IS
    'sends the notifications that are due, each in a transaction of its own';

CREATE FUNCTION flux.retry_delivery(delivery bigint) RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_retry_delivery';
COMMENT ON FUNCTION flux.retry_delivery IS 'sends a failed notification again';
