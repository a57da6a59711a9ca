-- miss.lua: every request another article, in an order that no cache smaller than the archive can follow.
local n, i = tonumber(os.getenv("ARTICLES")), 0
function request()
	i = (i + 7919) % n
	return wrk.format("GET", "/essais/article-" .. (i + 1))
end
