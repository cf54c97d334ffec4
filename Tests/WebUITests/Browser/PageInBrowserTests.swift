import DecartAPI
import Foundation
import LiveDocument
import Testing

@testable import WebUI

extension BrowserTests {
    /// The page as Chromium shows it, with the test in the script's place.
    @Suite
    struct PageInBrowserTests {
        @Test func `a status line and a bar change while one looks`() async throws {
            try await ServedPage.with { served in
                try await BrowserPage.with(served.address) { page in
                    try await page.expects("document.querySelector('main').innerText === ''")
                    served.show {
                        $0.set("status", .textContent, .text("Waiting in queue..."))
                        $0.set("progress", .value, .number(25))
                    }
                    try await page.expects("document.querySelector('#status p').textContent === 'Waiting in queue...'")
                    try await page.expects("document.querySelector('#progress progress').value === 25")
                    served.show {
                        $0.set("status", .textContent, .text("Generating video..."))
                        $0.set("progress", .value, .number(50))
                    }
                    try await page.expects("document.querySelector('#status p').textContent === 'Generating video...'")
                    try await page.expects("document.querySelector('#progress progress').position === 0.5")
                    try await page.expects("document.querySelector('#progress .share').textContent === '50 %'")
                    try await page.expects("document.title === 'test.lua'")
                    served.show { $0.setTitle("Sunset") }
                    try await page.expects("document.title === 'Sunset'")
                }
            }
        }

        @Test func `every tag and every property that it has shows`() async throws {
            try await ServedPage.with { served in
                let elements = served.show { document in
                    ElementTag.allCases.map { tag in
                        let id = document.createElement(tag)
                        document.append(id, to: .body)
                        for property in ElementProperty.allCases where property.tags.contains(tag) {
                            document.set(property, of: id, to: Self.example(property))
                        }
                        return id
                    }
                }
                try await BrowserPage.with(served.address) { page in
                    try await page.expects("document.querySelector('main').children.length === \(elements.count)")
                    for (index, tag) in ElementTag.allCases.enumerated() {
                        let node = "document.querySelector('main').children[\(index)]"
                        try await page.expects("\(node).localName === '\(tag.rawValue)'")
                        for again in ["example", "changed"] {
                            served.show { $0.set(.textContent, of: elements[index], to: .text(again)) }
                            for property in ElementProperty.allCases where property.tags.contains(tag) {
                                try await page.expects(Self.shows(property, tag, node, text: again))
                            }
                        }
                        served.show { $0.set(.disabled, of: elements[index], to: nil) }
                        try await page.expects("!\(node).disabled")
                        try await page.evaluate("\(node).click()")
                        #expect(await served.nextEvent() == DocumentEvent(.click, on: elements[index]))
                    }
                }
            }
        }

        private static func example(_ property: ElementProperty) -> PropertyValue {
            switch property.definition.type {
            case .text, .word: .text("example")
            case .number, .numberOrText: .number(7)
            case .flag, .event: .flag(true)
            case .media: .media(.path("example.mp4"))
            }
        }

        /// What is true in the page once that is set; a click is tried.
        private static func shows(_ property: ElementProperty, _ tag: ElementTag, _ node: String, text: String)
            -> String
        {
            let name = property.name
            return switch property.definition.type {
            case .text where [.bar, .media, .field].contains(tag.role): "\(node).ariaLabel === '\(text)'"
            case .text: "\(node).\(name) === '\(text)'"
            case .word: "\(node).\(name) === 'example'"
            case .number, .numberOrText: "\(node).\(name) == 7"
            case .flag: "\(node).\(name) === true"
            case .media where tag.role == .media: "\(node).src.includes('/media/')"
            case .media: "\(node).querySelector(':scope > video').src.includes('/media/')"
            case .event: "true"
            }
        }

        @Test func `a bar is at 0 or at nothing, as it is set, and a bar with a text keeps its name`() async throws {
            try await ServedPage.with { served in
                let made = served.show { document in
                    let made = document.createElement(.progress)
                    document.set(.value, of: made, to: .number(0))
                    document.append(made, to: .body)
                    document.set("named", .value, .number(0))
                    document.set("named", .textContent, .text("Encoding"))
                    return made
                }
                try await BrowserPage.with(served.address) { page in
                    let bars = "[...document.querySelectorAll('main > progress, #named progress')]"
                    try await page.expects("\(bars).length === 2 && \(bars).every(bar => bar.position === 0)")
                    try await page.expects("document.querySelector('#named').innerText.includes('named')")
                    try await page.expects("document.querySelector('#named').innerText.includes('Encoding')")
                    served.show { document in
                        document.set(.value, of: made, to: nil)
                        document.set("named", .value, .text("soon"))
                    }
                    try await page.expects("\(bars).every(bar => bar.position === -1)")
                }
            }
        }

        @Test func `a video plays, and another takes its place`() async throws {
            let clip = try TestClip.blob()
            try await ServedPage.with { served in
                served.show { $0.set("clip", .src, .media(.blob(clip))) }
                try await BrowserPage.with(served.address) { page in
                    try await page.expects("document.querySelector('video').readyState >= 3")
                    try await page.evaluate("document.querySelector('video').play()")
                    try await page.expects("document.querySelector('video').currentTime > 0")
                    served.show { $0.set("clip", .src, nil) }
                    try await page.expects("document.querySelector('video') === null")
                }
            }
        }

        @Test func `a prompt full of HTML is text`() async throws {
            let hostile = #"<img src=x onerror="document.title='taken over'"><script>document.title='taken'</script>"#
            try await ServedPage.with { served in
                served.show {
                    $0.set("status", .textContent, .text(hostile))
                    $0.set(hostile, .value, .text(hostile))
                    $0.set("link", .src, .media(.url("javascript:document.title='taken'")))
                    let pre = $0.createElement(.pre)
                    $0.set(.textContent, of: pre, to: .text(hostile))
                    $0.set(.className, of: pre, to: .text(hostile))
                    $0.append(pre, to: .body)
                }
                try await BrowserPage.with(served.address) { page in
                    try await page.expects("document.querySelector('#status p')?.textContent.startsWith('<img')")
                    try await page.expects("document.querySelector('pre')?.textContent.startsWith('<img')")
                    try await page.expects("document.title === 'test.lua'")
                    let found = try await page.evaluate(
                        "document.querySelectorAll('main script, main img[onerror]').length")
                    #expect(found == 0)
                }
            }
        }

        @Test func `elements made by the script come, change places and go`() async throws {
            try await ServedPage.with { served in
                let (list, first, second) = served.show { document in
                    let list = document.createElement(.ul)
                    document.append(list, to: .body)
                    let items = ["one", "two"].map { text in
                        let item = document.createElement(.li)
                        document.set(.textContent, of: item, to: .text(text))
                        document.append(item, to: list)
                        return item
                    }
                    return (list, items[0], items[1])
                }
                try await BrowserPage.with(served.address) { page in
                    try await page.expects("document.querySelector('ul').innerText === 'one\\ntwo'")
                    served.show { $0.append(first, to: list) }
                    try await page.expects("document.querySelector('ul').innerText === 'two\\none'")
                    served.show {
                        $0.remove(second)
                        let item = $0.createElement(.li)
                        $0.set(.textContent, of: item, to: .text("three"))
                        $0.append(item, to: list)
                    }
                    try await page.expects("document.querySelector('ul').innerText === 'one\\nthree'")
                    served.show { $0.append(second, to: .body) }
                    try await page.expects("document.querySelector('main > li').textContent === 'two'")
                    served.show { $0.set(.textContent, of: list, to: .text("gone")) }
                    try await page.expects("document.querySelector('ul').innerHTML === 'gone'")
                }
            }
        }

        @Test func `what is pressed and typed comes back`() async throws {
            try await ServedPage.with { served in
                let (button, input) = served.show { document in
                    let button = document.element(named: "start")
                    document.set(.textContent, of: button, to: .text("Start"))
                    document.set(.onclick, of: button, to: .flag(true))
                    let input = document.element(named: "prompt")
                    document.set(.oninput, of: input, to: .flag(true))
                    return (button, input)
                }
                try await BrowserPage.with(served.address) { page in
                    try await page.expects("document.querySelector('#start button')")
                    try await page.click("#start button")
                    #expect(await served.nextEvent() == DocumentEvent(.click, on: button))
                    // By keyboard alone: to the input and back to the button.
                    try await page.press("Tab", code: 9)
                    try await page.type("A lake")
                    #expect(await served.nextEvent() == DocumentEvent(.input, on: input, value: "A lake"))
                    try await page.evaluate("document.querySelector('#start button').focus()")
                    try await page.press("Enter", code: 13)
                    #expect(await served.nextEvent() == DocumentEvent(.click, on: button))
                    served.show { $0.set(.disabled, of: button, to: .flag(true)) }
                    try await page.expects("document.querySelector('#start button').disabled")
                }
            }
        }

        @Test func `several pages are in step`() async throws {
            try await ServedPage.with { served in
                try await BrowserPage.with(served.address) { first in
                    try await BrowserPage.with(served.address) { second in
                        served.show { $0.set("status", .textContent, .text("both")) }
                        for page in [first, second] {
                            try await page.expects("document.querySelector('#status p').textContent === 'both'")
                        }
                    }
                    served.show { $0.set("status", .textContent, .text("one")) }
                    try await first.expects("document.querySelector('#status p').textContent === 'one'")
                }
            }
        }

        @Test func `more tabs than a browser has connections are in step, and all hear of the end`() async throws {
            try await ServedPage.with { served in
                served.show { $0.set("status", .textContent, .text("begun")) }
                try await BrowserPage.with(served.address) { page in
                    try await page.expects("document.querySelector('#status p')?.textContent === 'begun'")
                    try await page.evaluate("window.tabs = []")
                    for _ in 1...8 { try await page.evaluate("tabs.push(window.open(location.href)), 0") }
                    let texts = "tabs.map(tab => tab.document.querySelector('#status p')?.textContent)"
                    try await page.expects("\(texts).every(text => text === 'begun')")
                    served.show { $0.set("status", .textContent, .text("gone on")) }
                    try await page.expects("\(texts).every(text => text === 'gone on')")
                    try await page.expects("document.querySelector('#status p').textContent === 'gone on'")
                    // Those with a stream go: others take their places.
                    try await page.evaluate("tabs.splice(0, 4).forEach(tab => tab.close())")
                    served.show { $0.set("status", .textContent, .text("nearly done")) }
                    try await page.expects("\(texts).every(text => text === 'nearly done')")
                    served.hub.runEnded(isSuccess: true)
                    served.hub.sayGoodbye()
                    let pills = "[window, ...tabs].map(tab => tab.\(Self.notices).querySelector('.pill').textContent)"
                    try await page.expects("\(pills).every(text => text.includes('decart-lua has ended'))")
                    try await page.evaluate("tabs.forEach(tab => tab.close())")
                }
            }
        }

        @Test func `a lost connection is shown, and what was missed is there after it`() async throws {
            try await ServedPage.with { served in
                try await BrowserPage.with(served.address) { page in
                    served.show { $0.set("status", .textContent, .text("before")) }
                    try await page.expects("document.querySelector('#status p').textContent === 'before'")
                    try await page.expects(Self.pill("live"))
                    try await served.stopServing()
                    try await page.expects(Self.pill("reconnecting…"))
                    served.show {
                        $0.set("status", .textContent, .text("after"))
                        $0.set("progress", .value, .number(75))
                    }
                    try await page.screenshot("reconnecting")
                    try await served.serveAgain()
                    try await page.expects(Self.pill("live"))
                    try await page.expects("document.querySelector('#status p').textContent === 'after'")
                    try await page.expects("document.querySelector('#progress progress').value === 75")
                }
            }
        }

        @Test func `an error lies over the page and can be copied`() async throws {
            let trace = """
                decart-lua: look.lua:4: NOT_FOUND: Job <b>job_nope</b> was not found.
                stack traceback:
                \tlook.lua:4: in main chunk
                """
            try await ServedPage.with { served in
                try await BrowserPage.with(served.address) { page in
                    served.show { $0.set("status", .textContent, .text("looking")) }
                    served.hub.report(trace)
                    served.hub.runEnded(isSuccess: false)
                    try await page.expects("\(Self.notices).querySelector('dialog').open")
                    try await page.expects(Self.pill("failed"))
                    let shown = try await page.evaluate("\(Self.notices).querySelector('pre').textContent")
                    #expect(shown == .string(trace))
                    try await page.screenshot("overlay")
                    try await page.evaluate("navigator.clipboard.writeText = async text => { window.copied = text }")
                    try await page.evaluate("\(Self.notices).querySelector('.copy').click()")
                    try await page.expects("window.copied?.startsWith('decart-lua: look.lua:4')")
                    try await page.press("Escape", code: 27)
                    try await page.expects("!\(Self.notices).querySelector('dialog').open")
                }
            }
        }

        @Test func `a run that ends well leaves a calm page`() async throws {
            try await ServedPage.with { served in
                try await BrowserPage.with(served.address) { page in
                    served.show { $0.set("status", .textContent, .text("Complete!")) }
                    served.hub.runEnded(isSuccess: true)
                    try await page.expects(Self.pill("finished"))
                    served.hub.sayGoodbye()
                    let pill = "\(Self.notices).querySelector('.pill').textContent"
                    try await page.expects("\(pill).startsWith('finished; decart-lua has ended')")
                }
                await served.hub.untilAllClosed()
                #expect(served.hub.areAllClosed)
            }
        }

        @Test func `what needs no motion has none, and screen readers are told`() async throws {
            try await ServedPage.with { served in
                served.show {
                    $0.set("status", .textContent, .text("Waiting"))
                    $0.set("progress", .value, .number(10))
                }
                try await BrowserPage.with(served.address, reducedMotion: true) { page in
                    try await page.expects("document.querySelector('#status p')?.role === 'status'")
                    try await page.expects("document.querySelector('#status p').ariaLive === 'polite'")
                    let label = "document.querySelector('progress').getAttribute('aria-labelledby')"
                    try await page.expects("document.getElementById(\(label)).textContent === 'progress'")
                    try await page.expects("\(Self.notices).querySelector('.pill').ariaLive === 'polite'")
                    try await page.expects(
                        "getComputedStyle(\(Self.notices).querySelector('.pill'), '::before').animationName === 'none'")
                }
            }
        }

        @Test(arguments: [(1000, false), (1000, true), (390, false), (390, true)])
        func `nothing hangs over the edge, wide or narrow, light or dark`(width: Int, dark: Bool) async throws {
            let clip = try TestClip.blob()
            try await ServedPage.with { served in
                served.show {
                    $0.setTitle("Sunset over the lake")
                    $0.set("status", .textContent, .text("Generating video..."))
                    $0.set("progress", .value, .number(50))
                    $0.set("prompt", .oninput, .flag(true))
                    $0.set("prompt", .value, .text("A serene lake at dawn"))
                    $0.set("start", .textContent, .text("Make another"))
                    $0.set("start", .onclick, .flag(true))
                    let (long, longer) = (String(repeating: "x", count: 60), String(repeating: "long", count: 60))
                    $0.set("job_" + long, .textContent, .text(longer))
                    $0.set("clip", .src, .media(.blob(clip)))
                }
                try await BrowserPage.with(served.address, width: width, height: 1150, dark: dark) { page in
                    try await page.expects("document.querySelector('video')?.readyState >= 3")
                    try await page.expects(Self.pill("live"))
                    try await page.expects("document.documentElement.scrollWidth <= innerWidth")
                    try await page.screenshot("page-\(width)-\(dark ? "dark" : "light")")
                    let ground = try await page.evaluate("getComputedStyle(document.body).backgroundColor")
                    #expect(ground == (dark ? "rgb(16, 18, 22)" : "rgb(246, 247, 249)"))
                }
            }
        }

        private static let notices = "document.querySelector('decart-notices').shadowRoot"

        private static func pill(_ text: String) -> String {
            "\(notices).querySelector('.pill').textContent === '\(text)'"
        }
    }
}
