// package influxdata/influxdb/v1
package v1


import "influxdata/influxdb/schema"
import "strings"

// Older names of package schema.
fieldsAsCols = schema.fieldsAsCols

tagValues = schema.tagValues

tagKeys = schema.tagKeys

measurements = schema.measurements

measurementTagValues = schema.measurementTagValues

measurementTagKeys = schema.measurementTagKeys

fieldKeys = schema.fieldKeys

measurementFieldKeys = schema.measurementFieldKeys

// One row per bucket; "database/policy" in a bucket's name is split.
databases = (host="", org="", orgID="", token="") =>
    buckets(host: host, org: org, orgID: orgID, token: token)
        |> map(
            fn: (r) => {
                parts = strings.splitN(v: r.name, t: "/", i: 2)

                return {
                    organizationID: r.organizationID,
                    databaseName: parts[0],
                    retentionPolicy: if length(arr: parts) > 1 then parts[1] else "autogen",
                    retentionPeriod: r.retentionPeriod,
                    default: true,
                    bucketID: r.id,
                }
            },
        )
