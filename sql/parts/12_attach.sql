
/* ---- attached buckets ---- */

CREATE FUNCTION flux.attach_bucket(name text, relation regclass = NULL, in_schema text = NULL,
                                   time_column text = NULL, measurement text = NULL,
                                   measurement_column text = NULL, tag_columns text[] = NULL,
                                   tags_column text = NULL, tag_table regclass = NULL,
                                   tag_id_column text = NULL, field_column text = NULL,
                                   value_columns text[] = NULL, description text = NULL)
RETURNS bigint
LANGUAGE c VOLATILE CALLED ON NULL INPUT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_attach_bucket';
COMMENT ON FUNCTION flux.attach_bucket(text, regclass, text, text, text, text, text[], text, regclass, text, text, text[], text) IS
'makes a bucket of a relation, or of all relations of a schema; what is not named is found; returns its id';
