
/* ---- secrets ---- */

/* Nobody but the functions below reads it; values never come out through SQL, and dumps hold them encrypted. */
CREATE TABLE _flux_catalog.secret (
    key text COLLATE "C" NOT NULL,
    owner regrole NOT NULL,
    value bytea NOT NULL,                       -- encrypted, see io/secret_cipher.h
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (key, owner)
);
SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.secret', '');

CREATE FUNCTION flux.set_secret(key text, value text) RETURNS void
    LANGUAGE C STRICT
    AS 'MODULE_PATHNAME', 'fluxtask_set_secret';
COMMENT ON FUNCTION flux.set_secret(text, text) IS
    'store a secret of the current role, for secrets.get() in its scripts';

CREATE FUNCTION flux.drop_secret(key text) RETURNS void
    LANGUAGE C STRICT
    AS 'MODULE_PATHNAME', 'fluxtask_drop_secret';
COMMENT ON FUNCTION flux.drop_secret(text) IS 'forget a secret of the current role';

CREATE VIEW flux.secrets AS
    SELECT key, owner, changed_at
    FROM _flux_catalog.secret
    WHERE pg_has_role(owner, 'USAGE');
COMMENT ON VIEW flux.secrets IS 'keys of the secrets that scripts of the current role can read';
GRANT SELECT ON flux.secrets TO PUBLIC;
