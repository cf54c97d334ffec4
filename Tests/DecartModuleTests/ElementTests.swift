import LiveDocument
import ScriptRuntime
import TestSupport
import Testing

struct ElementTests {
    @Test
    func `an element's callback comes and goes with it in the tree`() async throws {
        let outcome = try await ModuleRun().run(
            """
            local gone = setmetatable({}, { __mode = "k" })
            local function card(name)
              local box, start = document.createElement("div"), document.getElementById(name)
              local big = {}
              gone[big] = true
              start.onclick = function() record(name .. (big and "")) end
              box:append(start)
              document.body:append(box)
              return box
            end
            local first, second = card("first"), card("second")
            collectgarbage() collectgarbage()
            press("first") press("second")
            decart.sleep(1)
            -- What is inside of a removed element comes back with it.
            first:remove()
            collectgarbage() collectgarbage()
            document.body:append(first)
            press("first")
            decart.sleep(1)
            -- What nobody can reach any more is freed, callbacks and all.
            first:remove() second:remove()
            first, second = nil, nil
            collectgarbage() collectgarbage()
            record(tostring(next(gone)))
            """)
        #expect(outcome.errors.isEmpty)
        #expect(outcome.records == ["first", "second", "first", "nil"])
        #expect(outcome.document.children(of: .body).isEmpty)
    }

    @Test
    func `a hundred thousand elements that come and go leave nothing behind`() async throws {
        let outcome = try await ModuleRun().run(
            """
            local list = document.getElementById("list")
            for i = 1, 100000 do
              local item = document.createElement("li")
              item.textContent = "item " .. i
              item.onclick = function() return item end
              list:append(item)
              if i % 2 == 0 then item:remove() else list.textContent = "none" end
            end
            collectgarbage() collectgarbage() collectgarbage()
            record(math.floor(collectgarbage("count") / 1000))
            """)
        #expect(outcome.errors.isEmpty)
        #expect(outcome.document.count == 2)
        #expect(outcome.records.count == 1)
    }

    @Test
    func `what is set is read back as it was`() async throws {
        let outcome = try await ModuleRun().run(
            """
            local e = document.getElementById("e")
            assert(e == document.getElementById("e") and e.id == "e" and tostring(e) == 'element "e"')
            assert(e.textContent == nil and e.value == nil and e.hidden == nil and e.onclick == nil)
            e.textContent, e.value, e.max, e.className = "text", 2.5, 10, "big"
            assert(e.textContent == "text" and e.value == 2.5 and e.max == 10 and e.className == "big")
            e.value = 3.0
            assert(math.type(e.value) == "integer")
            e.textContent = 42
            assert(e.textContent == "42")
            e.hidden, e.disabled = true, true
            assert(e.hidden and e.disabled)
            e.hidden = false
            assert(not e.hidden)
            e.src = "clip.mp4"
            assert(e.src == "clip.mp4")
            e.src = decart.file("a.png")
            assert(e.src == "a.png")
            e.src = decart.blob("abc", "image/png")
            assert(e.src:text() == "abc" and e.src.type == "image/png")
            local f = function() end
            e.onclick = f
            assert(e.onclick == f)
            e.textContent = nil
            assert(e.textContent == nil)
            document.title = "Clips"
            assert(document.title == "Clips")
            assert(document:getElementById("e") == e, "a colon works too")
            assert(document.body == document.body)
            document.own = 1
            assert(document.own == 1)
            """)
        #expect(outcome.errors.isEmpty)
        #expect(outcome.status == .success)
        #expect(outcome.document.title == "Clips")
    }

    @Test(arguments: [
        ("e.max = 0", "'max' of an element must be a number above 0, not 0"),
        ("e.value = 0/0", "'value' of an element must be a number or a string, not"),
        ("e.value = {}", "'value' of an element must be a number or a string, not a table"),
        ("e.hidden = 1", "'hidden' of an element must be true or false, not 1"),
        ("e.src = ''", "'src' of an element must be a path, a URL or a Blob, not an empty string"),
        ("e.onclick = 'f'", "'onclick' of an element must be a function, not a string"),
        ("e.textcontent = 'x'", "an element has no property 'textcontent' that can be set; it has className, disabled"),
        ("document.createElement('marquee')", "there are no 'marquee' elements; there are p, span"),
        ("document.createElement('vidoe')", "did you mean video?"),
        ("e:append(e)", "an element cannot be appended to itself"),
        ("e:append('text')", "bad argument #2 to 'append' (element expected, got string)"),
        ("e:append()", "bad argument #2 to 'append' (element expected, got no value)"),
        ("e.remove()", "bad argument #1 to 'remove' (element expected, got no value)"),
        ("document.title = {}", "'title' of the document must be a string, not a table"),
        ("document.body = e", "the document's body cannot be replaced"),
        ("document.getElementById(3)", "bad argument #1 to 'getElementById' (string expected, got number)"),
    ])
    func `what cannot be is an error that says so`(code: String, message: String) async throws {
        let outcome = try await ModuleRun().run("local e = document.getElementById('e')\n\(code)")
        #expect(outcome.errors.count == 1)
        #expect(outcome.errors.first?.hasPrefix("test.lua:2: ") == true)
        #expect(outcome.errors.first?.contains(message) == true, "\(outcome.errors)")
    }
}
