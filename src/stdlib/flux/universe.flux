// package universe
package universe


import "date"

option now = _now

option location = {zone: "UTC", offset: 0h}

today = () => date.truncate(t: now(), unit: 1d)
