// proves c
x = 1
