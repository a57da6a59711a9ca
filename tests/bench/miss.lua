-- miss.lua: every request another article, in an order that no cache smaller than the archive can follow. Each run goes on
-- elsewhere than where the one before it began: what that one left in the cache is not asked for.
local n, i = tonumber(os.getenv("ARTICLES")), tonumber(os.getenv("START") or 0)
function request()
	i = (i + 7919) % n
	return wrk.format("GET", "/essais/article-" .. (i + 1))
end
