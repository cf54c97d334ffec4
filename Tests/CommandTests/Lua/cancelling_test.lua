-- What is known of a job whose call is cancelled, and what is left of a wait that nobody goes on with.
local decart = require("decart")

local function submit(client, signal)
  return client.queue.submit { model = "lucy-pro-t2v", prompt = "x", signal = signal }
end

describe("a submit that is cancelled tells the job's id, however far it has come", function()
  for turns = 0, 15 do
    it("cancelled " .. turns .. " turns after the job was made", function()
      local queue = require("decart.test").queue { { { "pending", 5000 }, "completed" } }
      local client = decart.createDecartClient {}
      local task = decart.spawn(submit, client)
      while #queue:jobs() == 0 do decart.sleep(0) end
      for _ = 1, turns do decart.sleep(0) end
      local was_running = task:cancel()
      local ok, e = pcall(task.await, task)
      assert.equal(not was_running, ok)
      if was_running then assert.is_string(e.data and e.data.job_id) end
    end)

    it("aborted " .. turns .. " turns after the job was made", function()
      local queue = require("decart.test").queue { { { "pending", 5000 }, "completed" } }
      local client, controller = decart.createDecartClient {}, decart.abortController()
      local task = decart.spawn(submit, client, controller.signal)
      while #queue:jobs() == 0 do decart.sleep(0) end
      for _ = 1, turns do decart.sleep(0) end
      controller:abort()
      local ok, e = pcall(task.await, task)
      assert.is_string(ok and e.job_id or e.data and e.data.job_id)
    end)
  end
end)

it("a signal cancels its calls in the order in which they were made", function()
  local client, controller, ended, tasks = decart.createDecartClient {}, decart.abortController(), {}, {}
  for i = 1, 20 do
    local id = submit(client).job_id
    tasks[i] = decart.spawn(function()
      pcall(client.queue.poll, id, { signal = controller.signal })
      ended[#ended + 1] = i
    end)
  end
  decart.sleep(10)
  controller:abort()
  decart.allSettled(tasks)
  for i = 1, 20 do assert.equal(i, ended[i]) end
end)

describe("a wait that nobody goes on with is given back", function()
  -- How long a policy that may ask once a second has another job wait, after five were waited for.
  local function delay_after(wait)
    require("decart.test").queue { { { "pending", 5000000 }, "completed" } }
    local client = decart.createDecartClient {}
    local policy = decart.policy.learned { budget = 1, interval = 100, file = false }
    for _ = 1, 5 do wait(client, submit(client).job_id, policy) end
    collectgarbage()
    collectgarbage()
    return policy { jobId = "another", attempt = 0, elapsed = 0, age = 0 }
  end

  -- The policy is asked after the first poll.
  local function at_second_poll(fn)
    return function(_, poll) if poll.attempt == 2 then fn() end end
  end

  it("where its coroutine is dropped", function()
    local delay = delay_after(function(client, id, policy)
      coroutine.wrap(function()
        client.queue.poll(id, { policy = policy, onPoll = at_second_poll(coroutine.yield) })
      end)()
    end)
    assert.is_true(delay < 2000)
  end)

  it("where its task is stopped", function()
    local delay = delay_after(function(client, id, policy)
      local task = decart.spawn(client.queue.poll, id, {
        policy = policy,
        onPoll = at_second_poll(function() decart.shield(decart.sleep, 1000000) end),
      })
      decart.sleep(2000)
      task:cancel()
      pcall(task.await, task)
    end)
    assert.is_true(delay < 2000)
  end)
end)
