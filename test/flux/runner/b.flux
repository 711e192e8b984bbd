// proves b
x = 1
