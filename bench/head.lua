-- A redirect as of a GET, but Shlink writes no visit: runs before do not make later ones slower.
wrk.method = "HEAD"
