import Testing

@testable import SandboxLink

struct LinkLoadTests {
    private func form(_ sizes: [Int]) -> LinkedRequest.Body {
        .form(sizes.map { LinkedPart(name: "f", content: .file(name: [], type: "t", size: $0)) })
    }

    @Test func `small files count in memory, others on the disk`() {
        let load = LinkLoad(head: 100, form([10, LinkLoad.largestInMemory, LinkLoad.largestInMemory + 1]))
        #expect(load == LinkLoad(memory: 210 + LinkLoad.largestInMemory, disk: LinkLoad.largestInMemory + 1))
    }

    @Test func `every request that may be made at all fits where nothing else is under way`() {
        let head = FrameKind.request.limit
        for body in [
            .none, .bytes(size: LinkLoad.plainLimit), .json(size: LinkLoad.jsonLimit),
            form(Array(repeating: LinkLoad.largestInMemory, count: LinkedPart.limit)), form([4 << 30]),
        ] as [LinkedRequest.Body] {
            #expect(LinkLoad(head: head, body).fits(in: .room))
        }
    }

    @Test(arguments: [[4 << 30, 1 << 20], [.max, .max], [.max]])
    func `what is too much does not fit, nor overflow`(_ sizes: [Int]) {
        #expect(!LinkLoad(head: 0, form(sizes)).fits(in: .room))
        #expect(!(LinkLoad(head: 0, form(sizes)) + LinkLoad(places: 1, memory: .max)).fits(in: .room))
        #expect(!LinkLoad(head: 0, .bytes(size: .max)).fits(in: .room))
        #expect(!LinkLoad(head: 0, .json(size: .max)).fits(in: .room))
    }
}
