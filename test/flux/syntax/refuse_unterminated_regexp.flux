// a regular expression whose last slash is escaped
// run: check
// modes: no
x = /a\/
