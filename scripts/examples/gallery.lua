-- A button makes several videos at once: scripts/run --page scripts/examples/gallery.html scripts/examples/gallery.lua
local decart = require("decart")
local client = decart.createDecartClient()
local clip = arg[1] or arg[0]:gsub("[^/]*$", "clip.mp4") -- the one beside this script

local style, clips = document.getElementById("style"), document.getElementById("clips")
local make = document.getElementById("make")
local share = { pending = 10, processing = 50, completed = 100 }

local function add(parent, tag, text)
  local element = document.createElement(tag)
  element.textContent = text
  parent:append(element)
  return element
end

local function film(scene)
  local tile = add(clips, "div")
  tile.className = "tile"
  add(tile, "h2", scene)
  local status, bar = add(tile, "p", "submitting"), add(tile, "progress")
  local result = client.queue.submitAndPoll({
    model = "lucy-restyle-2",
    data = clip,
    prompt = scene,
    onStatusChange = function(job) status.textContent, bar.value = job.status, share[job.status] end,
  })
  bar:remove()
  status.textContent = result.status
  if result.status == "completed" then add(tile, "video").src = result.data end
end

make.onclick = function()
  make.disabled = true
  decart.allSettled(decart.map({ "at dawn", "in the rain", "under the stars" }, function(time)
    return decart.spawn(film, (style.value or "A watercolour") .. " " .. time)
  end))
  make.disabled = nil
end
make.textContent = "Make three videos" -- the page says "Starting…" until now
style.oninput = function() end -- so that what is typed comes here
