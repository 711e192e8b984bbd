SELECT flux.create_bucket('_monitoring') > 0;
