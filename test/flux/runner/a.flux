// proves a
x = 1
boom
