// two functions whose pipe parameters have different names are of different types
// run: diagnose
f = (a=<-) => a
g = (b=<-) => b
h = if true then f else g
