-- Run it with: decart-lua test
local test = require("decart.test")
local decart = require("decart")

describe("the policy", function()
  it("polls less and less often", function()
    local queue = test.queue({ { { "pending", 5000 }, { "processing", 20000 }, "completed" } })
    local result = decart.createDecartClient().queue.submitAndPoll({
      model = "lucy-restyle-2",
      data = decart.blob("a clip", "video/mp4"),
      prompt = "A watercolour painting",
      policy = dofile("policy.lua"),
    })
    assert.equal("completed", result.status)
    assert.same({ 1000, 2500, 4750, 8125, 13187.5, 20781.25, 30781.25 }, queue:looks())
  end)
end)
