-- decart.json, decart.csv, decart.hash, decart.env and decart.fs as scripts use them.
local decart = require("decart")
local json, csv, fs = decart.json, decart.csv, decart.fs

local function raised(f, ...)
  local ok, e = pcall(f, ...)
  assert.is_false(ok)
  return e
end

describe("decart.json", function()
  it("writes compactly, members sorted", function()
    assert.equal('{"a":[1,2.5,"x"],"b":{"c":true}}', json.encode({ b = { c = true }, a = { 1, 2.5, "x" } }))
    assert.equal("{}", json.encode({}))
    assert.equal("[]", json.encode(json.array()))
    assert.equal("[]", json.encode(json.array({})))
    assert.equal("null", json.encode(nil))
    assert.equal("[1,null]", json.encode({ 1, json.null }))
    assert.equal('"a\\"\\\\\\n\\u0001é"', json.encode('a"\\\n\1é'))
    assert.equal("[1,1.0,-0.0,9223372036854775807]", json.encode({ 1, 1.0, -0.0, math.maxinteger }))
  end)

  it("indents when it is asked to", function()
    assert.equal('{\n  "a": [\n    1,\n    []\n  ],\n  "b": {}\n}',
      json.encode({ a = { 1, json.array() }, b = {} }, { pretty = true }))
  end)

  it("reads what it is given, and loses nothing", function()
    local value = json.decode(' {"i": 42, "f": 42.0, "n": null, "l": [1, null, []], "e": {}, "s": "\\u00e9\\n"} ')
    assert.equal("integer", math.type(value.i))
    assert.equal("float", math.type(value.f))
    assert.is_true(value.n == json.null)
    assert.is_true(value.l[2] == json.null)
    assert.equal(3, #value.l)
    assert.equal("é\n", value.s)
    assert.equal('{"e":{},"f":42.0,"i":42,"l":[1,null,[]],"n":null,"s":"é\\n"}', json.encode(value))
  end)

  it("has one null, which is true and has a name", function()
    local a, b = json.decode("null"), json.decode("[null]")[1]
    assert.is_true(rawequal(a, b) and rawequal(a, json.null))
    assert.equal("found", ({ [a] = "found" })[b])
    assert.is_true(not not json.null)
    assert.equal("null", tostring(json.null))
  end)

  it("says where a text is not JSON", function()
    local e = raised(json.decode, '{\n  "a": 1,\n  "b" 2\n}')
    assert.equal("INVALID_JSON", e.code)
    assert.matches("line 3, column 7", e.message)
    assert.equal(3, e.data.line)
    assert.equal(7, e.data.column)
    assert.equal(19, e.data.position)
    assert.matches("text is empty", raised(json.decode, "").message)
    assert.matches("nested deeper than 128", raised(json.decode, ("["):rep(200)).message)
    assert.matches("string expected, got nil", raised(json.decode, nil))
  end)

  it("names what has no form in JSON, and its place", function()
    local itself = {}
    itself.list = { {}, itself }
    local deep = {}
    for _ = 1, 200 do deep = { deep } end
    for place, case in pairs({
      ["value.a[2] is a function"] = { a = { 1, print } },
      ["value.list[2] is a table that it is itself in"] = itself,
      ["is nested deeper than 128 tables"] = deep,
      ["value.x is not a number (nan)"] = { x = 0 / 0 },
      ["value[1] is infinite"] = { math.huge },
      ["value is a list that has \"n\" too"] = table.pack(1, 2),
      ["value has the key 3"] = { [3] = true },
      ["value.bytes is not UTF-8"] = { bytes = "\xff" },
      ['value["two words"] is a thread'] = { ["two words"] = coroutine.create(print) },
      ["value is a blob"] = decart.blob("x", "text/plain"),
    }) do
      local e = raised(json.encode, case)
      assert.equal("INVALID_JSON", e.code)
      assert.is_true(e.message:find(place, 1, true) ~= nil, e.message)
    end
  end)

  it("takes more tables than a copy usually has, and shared ones twice", function()
    local many, shared = {}, { 1 }
    for index = 1, 100001 do many[index] = { index } end
    assert.equal(100001, #json.decode(json.encode(many)))
    assert.equal("[[1],[1]]", json.encode({ shared, shared }))
  end)

  it("marks plain tables as arrays and no others", function()
    local list = { 1 }
    assert.is_true(json.array(list) == list)
    assert.equal("INVALID_JSON", raised(json.array, setmetatable({}, {})).code)
    assert.equal("INVALID_JSON", raised(json.encode, json.array({ x = 1 })).code)
  end)
end)

describe("decart.csv", function()
  it("reads rows, and rows by name", function()
    assert.same({ { "a", "b" }, { "c,\n", 'd"' } }, csv.decode('a,b\r\n"c,\n","d"""\r\n'))
    local rows, names = csv.decode("prompt,seed\nsunset,1\nrain\n", { header = true })
    assert.same({ "prompt", "seed" }, names)
    assert.same({ { prompt = "sunset", seed = "1" }, { prompt = "rain" } }, rows)
    assert.same({ { "1,5", "2" } }, csv.decode("1,5;2", { separator = ";" }))
    assert.same({}, csv.decode(""))
  end)

  it("writes rows, and rows by name", function()
    assert.equal('a,"b,c",1,2.5,true\r\n,,x\r\n', csv.encode({ { "a", "b,c", 1, 2.5, true }, { nil, nil, "x" } }))
    assert.equal("id,state\r\njob_1,\r\n", csv.encode({ { id = "job_1" } }, { header = { "id", "state" } }))
    assert.equal("id,state\r\n1,done\r\n", csv.encode({ { 1, "done" } }, { header = { "id", "state" } }))
    assert.equal("a;b\r\n", csv.encode({ { "a", "b" } }, { separator = ";" }))
  end)

  it("says what is wrong, and where", function()
    local e = raised(csv.decode, 'a\n"b\n')
    assert.equal("INVALID_CSV", e.code)
    assert.equal(2, e.data.line)
    assert.matches("3 fields, and only 2 columns", raised(csv.decode, "a,b\n1,2,3\n", { header = true }).message)
    for part, call in pairs({
      ["Row 1 has a table in column 2"] = { { { 1, {} } } },
      ["Row 2 is a number"] = { { {}, 1 } },
      ["Row 1 has \"size\", which is no column"] = { { { size = 1 } }, { header = { "id" } } },
      ["header = {…} tells the columns"] = { { { size = 1 } } },
      ["Row 1 has 2 values, and the header 1"] = { { { 1, 2 } }, { header = { "id" } } },
    }) do
      e = raised(csv.encode, call[1], call[2])
      assert.equal("INVALID_CSV", e.code)
      assert.is_true(e.message:find(part, 1, true) ~= nil, e.message)
    end
    assert.equal("INVALID_OPTIONS", raised(csv.decode, "a", { separator = ";;" }).code)
    assert.equal("INVALID_OPTIONS", raised(csv.decode, "a", { separator = '"' }).code)
  end)
end)

describe("decart.hash and decart.env", function()
  it("digest strings and Blobs", function()
    local digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert.equal(digest, decart.hash.sha256("abc"))
    assert.equal(digest, decart.hash.sha256(decart.blob("abc", "text/plain")))
    assert.matches("string or Blob expected, got nil", raised(decart.hash.sha256))
    assert.matches("string or Blob expected, got number", raised(decart.hash.sha256, 1))
  end)

  it("read variables, or what stands for one", function()
    assert.equal(os.getenv("PATH"), decart.env("PATH"))
    assert.is_nil(decart.env("DECART_TEST_NO_SUCH_VARIABLE"))
    assert.equal(7, decart.env("DECART_TEST_NO_SUCH_VARIABLE", 7))
    assert.is_nil(decart.env("PATH\0"))
  end)
end)

describe("decart.fs", function()
  local folder = os.tmpname()
  os.remove(folder)
  fs.mkdir(folder .. "/deep/er")

  teardown(function()
    fs.remove(folder, { recursive = true })
    assert.is_false(fs.exists(folder))
  end)

  it("writes, adds, reads and tells", function()
    local path = folder .. "/a\xff.bin"
    local bytes = "\0\xff\r\n" .. ("x"):rep(100000)
    fs.write(path, bytes)
    fs.append(path, "end")
    assert.equal(bytes .. "end", fs.read(path))
    local facts = fs.stat(path)
    assert.equal("file", facts.type)
    assert.equal(#bytes + 3, facts.size)
    assert.is_true(math.type(facts.modified) == "integer" and facts.modified > 1.6e12)
    assert.equal("directory", fs.stat(folder).type)
    assert.equal("other", fs.stat("/dev/null").type)
    assert.same({ "a\xff.bin", "deep" }, fs.list(folder))
    fs.append(folder .. "/new", "made")
    assert.equal("made", fs.read(folder .. "/new"))
  end)

  it("renames and removes", function()
    fs.write(folder .. "/one", "1")
    fs.write(folder .. "/two", "2")
    fs.rename(folder .. "/one", folder .. "/two")
    assert.is_false(fs.exists(folder .. "/one"))
    assert.equal("1", fs.read(folder .. "/two"))
    fs.remove(folder .. "/two")
    fs.mkdir(folder .. "/full/inner/")
    fs.mkdir(folder .. "/full/inner")
    fs.write(folder .. "/full/inner/file", "x")
    assert.matches("not empty.*recursive", raised(fs.remove, folder .. "/full").message)
    fs.remove(folder .. "/full", { recursive = true })
    assert.is_false(fs.exists(folder .. "/full"))
  end)

  it("removes links and not what they lead to", function()
    fs.mkdir(folder .. "/kept")
    fs.write(folder .. "/kept/file", "x")
    fs.mkdir(folder .. "/gone")
    assert.is_true(os.execute(("ln -s ../kept '%s/gone/link'"):format(folder)))
    assert.equal("FILE_ERROR", raised(fs.remove, folder .. "/gone/link/", { recursive = true }).code)
    fs.remove(folder .. "/gone/", { recursive = true })
    assert.equal("x", fs.read(folder .. "/kept/file"))
  end)

  it("names the path and what is wrong", function()
    fs.write(folder .. "/file", "x")
    for _, case in ipairs({
      { "no such file or folder", folder .. "/none", fs.read, folder .. "/none" },
      { "it is a folder", folder, fs.read, folder },
      { "a device, a pipe or a socket", "/dev/null", fs.read, "/dev/null" },
      { "there is no folder", folder .. "/none/file", fs.write, folder .. "/none/file", "x" },
      { "it is a folder", folder, fs.write, folder, "x" },
      { "it is a folder", folder, fs.append, folder, "x" },
      { "no such file or folder", folder .. "/none", fs.stat, folder .. "/none" },
      { "a part of the path is not a folder", folder .. "/file", fs.list, folder .. "/file" },
      { "a file of that name is there", folder .. "/file", fs.mkdir, folder .. "/file" },
      { "no such file or folder", folder .. "/none", fs.remove, folder .. "/none" },
      { "no such file or folder", folder .. "/none", fs.rename, folder .. "/none", folder .. "/x" },
      { "no folder for the new name", folder .. "/file", fs.rename, folder .. "/file", folder .. "/none/x" },
      { "the current folder", ".", fs.remove, ".", { recursive = true } },
      { "not a usable path", "a\0b", fs.read, "a\0b" },
      { "no such file or folder", "", fs.read, "" },
    }) do
      local e = raised(table.unpack(case, 3))
      assert.equal("FILE_ERROR", e.code)
      assert.equal(case[2], e.path)
      assert.is_true(e.message:find(case[1], 1, true) ~= nil, e.message)
    end
    assert.matches("string expected, got nil", raised(fs.read))
    assert.matches("blob:save", raised(fs.write, folder .. "/file", decart.blob("x", "text/plain")))
  end)

  it("leaves nothing beside a file that could not be written", function()
    local before = #fs.list(folder)
    raised(fs.write, folder .. "/deep", "x")
    assert.equal(before, #fs.list(folder))
  end)
end)

describe("decart.fetch in a test", function()
  it("says that there is no network", function()
    local e = raised(decart.fetch, "http://127.0.0.1:1/")
    assert.equal("NETWORK_ERROR", e.code)
    assert.matches("no network under virtual time and in tests", e.message)
  end)

  it("refuses what cannot be sent before anything is", function()
    for part, call in pairs({
      ["an http:// or https:// URL"] = { "ftp://example.com/" },
      ["with a host"] = { "http://" },
      ["no user name and password"] = { "http://me:secret@example.com/" },
      ["not both"] = { "http://h/", { body = "x", json = {} } },
      ["no body with GET"] = { "http://h/", { method = "get", body = "x" } },
      ["must be one of GET"] = { "http://h/", { method = "FETCH" } },
      ["cannot be a header's name"] = { "http://h/", { headers = { ["a b"] = "x" } } },
      ["has a line break"] = { "http://h/", { headers = { a = "x\r\ny: z" } } },
      ["host follows from the URL"] = { "http://h/", { headers = { Host = "x" } } },
      ["by name, not a list"] = { "http://h/", { headers = { "x" } } },
      ["maxBytes of fetch must be"] = { "http://h/", { maxBytes = -1 } },
      ["knows no option"] = { "http://h/", { timeOut = 1 } },
    }) do
      local e = raised(decart.fetch, table.unpack(call))
      assert.equal("INVALID_OPTIONS", e.code)
      assert.is_true(e.message:find(part, 1, true) ~= nil, e.message)
      assert.is_nil(e.message:find("secret", 1, true))
    end
  end)
end)
