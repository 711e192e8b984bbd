// an option is set once
// run: diagnose
option now = () => 2020-01-01
option now = () => 2020-01-02
