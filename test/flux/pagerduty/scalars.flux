// levels and severities
import "array"
import "pagerduty"

option now = () => 2023-11-14T22:13:20Z

array.from(
    rows: [
        {expression: "pagerduty.severityFromLevel(level: \"CRIT\")", value: display(v: pagerduty.severityFromLevel(level: "CRIT"))},
        {expression: "pagerduty.severityFromLevel(level: \"warn\")", value: display(v: pagerduty.severityFromLevel(level: "warn"))},
        {expression: "pagerduty.severityFromLevel(level: \"ok\")", value: display(v: pagerduty.severityFromLevel(level: "ok"))},
        {expression: "pagerduty.severityFromLevel(level: \"info\")", value: display(v: pagerduty.severityFromLevel(level: "info"))},
        {expression: "pagerduty.severityFromLevel(level: \"what\")", value: display(v: pagerduty.severityFromLevel(level: "what"))},
        {expression: "pagerduty.actionFromLevel(level: \"ok\")", value: display(v: pagerduty.actionFromLevel(level: "ok"))},
        {expression: "pagerduty.actionFromLevel(level: \"crit\")", value: display(v: pagerduty.actionFromLevel(level: "crit"))},
        {expression: "pagerduty.actionFromSeverity(severity: \"OK\")", value: display(v: pagerduty.actionFromSeverity(severity: "OK"))},
        {expression: "pagerduty.actionFromSeverity(severity: \"critical\")", value: display(v: pagerduty.actionFromSeverity(severity: "critical"))},
        {expression: "pagerduty.defaultURL", value: display(v: pagerduty.defaultURL)},
    ],
)
