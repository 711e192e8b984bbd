// package internal/debug
package debug


option vectorize = false
