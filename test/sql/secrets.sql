-- secrets: each role has its own, members of a role may use that role's
CREATE ROLE flux_secret_alice;
CREATE ROLE flux_secret_bob;
CREATE ROLE flux_secret_team;
GRANT flux_secret_team TO flux_secret_alice;

SET ROLE flux_secret_team;
SELECT flux.set_secret('token', 'team-token');
SELECT flux.set_secret('shared', 'everybody''s');
SET ROLE flux_secret_alice;
SELECT flux.set_secret('token', 'first');
SELECT flux.set_secret('token', 'alice-token');
SELECT key, owner FROM flux.secrets ORDER BY key, owner;

-- a script sees its role's own first
SELECT record FROM flux.query_json($$
import "array"
import "influxdata/influxdb/secrets"
array.from(rows: [{token: secrets.get(key: "token"), shared: secrets.get(key: "shared")}])
$$);

-- others see nothing, and nobody sees values
SET ROLE flux_secret_bob;
SELECT key, owner FROM flux.secrets ORDER BY key, owner;
SELECT record FROM flux.query_json($$
import "array"
import "influxdata/influxdb/secrets"
array.from(rows: [{token: secrets.get(key: "token")}])
$$);
SELECT value FROM _flux_catalog.secret;
SELECT flux.drop_secret('token');
SELECT flux.set_secret('', 'x');

SET ROLE flux_secret_alice;
SELECT flux.drop_secret('token');
SELECT record FROM flux.query_json($$
import "array"
import "influxdata/influxdb/secrets"
array.from(rows: [{token: secrets.get(key: "token")}])
$$);
SELECT flux.drop_secret('token');

RESET ROLE;
DELETE FROM _flux_catalog.secret WHERE owner::text LIKE 'flux_secret_%';
DROP ROLE flux_secret_alice, flux_secret_bob, flux_secret_team;
