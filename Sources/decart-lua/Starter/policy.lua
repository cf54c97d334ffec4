-- How long to wait before the next poll: a second at first, then half as long again each time, ten seconds at most.
return function(poll)
  return math.min(1000 * 1.5 ^ poll.attempt, 10000) -- milliseconds
end
