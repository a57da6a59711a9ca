-- zipf.lua: the k-th article is asked for in proportion to 1/k, each time by the next of the readers.
local n, cookies, i = tonumber(os.getenv("ARTICLES")), {}, 0
for line in io.lines(os.getenv("COOKIES")) do cookies[#cookies + 1] = line end
local h = math.log(n) + 0.5772
math.randomseed(tonumber(os.getenv("SEED") or 7))
function request()
	local k = math.floor(math.exp(math.random() * h - 0.5772) + 0.5)
	if k < 1 then k = 1 elseif k > n then k = n end
	i = i % #cookies + 1
	return wrk.format("GET", "/essais/article-" .. k, { ["Cookie"] = cookies[i], ["Accept-Encoding"] = "gzip, deflate, br" })
end
