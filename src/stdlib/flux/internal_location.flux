// package internal/location
package location


option location = {zone: "UTC", offset: 0h}
