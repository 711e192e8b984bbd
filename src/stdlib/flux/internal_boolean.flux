// package internal/boolean
package boolean


true = 1 == 1

false = 1 == 0
