-- zipf.lua: the k-th article is asked for in proportion to 1/k.
local n = tonumber(os.getenv("ARTICLES"))
local h = math.log(n) + 0.5772
math.randomseed(7)
function request()
	local k = math.floor(math.exp(math.random() * h - 0.5772) + 0.5)
	if k < 1 then k = 1 elseif k > n then k = n end
	return wrk.format("GET", "/essais/article-" .. k)
end
