SELECT flux.set_secret('TOKEN', 'open sesame');
