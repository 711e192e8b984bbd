// package influxdata/influxdb/v1
package v1


import "influxdata/influxdb/schema"

// Older names of package schema.
fieldsAsCols = schema.fieldsAsCols

tagValues = schema.tagValues

tagKeys = schema.tagKeys

measurements = schema.measurements

measurementTagValues = schema.measurementTagValues

measurementTagKeys = schema.measurementTagKeys

fieldKeys = schema.fieldKeys

measurementFieldKeys = schema.measurementFieldKeys
