-- A redirect as of a GET, but Shlink writes no visit: runs before do not make later ones slower. Its answer says that it has no
-- content, or wrk would wait for one.
wrk.method = "HEAD"
