import DecartAPI
import Testing

@testable import JobJournal

@Suite struct JobContentTests {
    private let base = JobContent(
        server: "https://s", account: "a", model: "m", path: "/v1/jobs/m",
        fields: [.init(name: "prompt", value: Array("x".utf8)), .init(name: "seed", value: Array("7".utf8))],
        files: [FileDigest(field: "data", name: "a.mp4", size: 1, sha256: "ab", path: "/a.mp4")])

    private func changed(_ change: (inout JobContent) -> Void) -> String {
        var content = base
        change(&content)
        return content.digest
    }

    @Test("Names and paths of files and the order of fields do not make another job")
    func same() {
        #expect(changed { $0.files[0].name = "b.mp4" } == base.digest)
        #expect(changed { $0.files[0].path = nil } == base.digest)
        #expect(changed { $0.fields.reverse() } == base.digest)
    }

    @Test("Server, account, model, path, a field's value and a file's bytes do")
    func other() {
        let digests = [
            base.digest, changed { $0.server = "https://t" }, changed { $0.account = "b" },
            changed { $0.model = "n" }, changed { $0.path = "/v1/generate/m" },
            changed { $0.fields[0].value = [0x79] }, changed { $0.fields[0].value = [0xFF] },
            changed { $0.fields.removeLast() }, changed { $0.files[0].sha256 = "cd" },
            changed { $0.files[0].field = "start" }, changed { $0.files = [] },
        ]
        #expect(Set(digests).count == digests.count)
        #expect(base.digest.count == 64)
    }

    @Test("A seed that was drawn here does not count, and is written down all the same")
    func drawnSeed() {
        let drawn = changed { $0.hasDrawnSeed = true }
        #expect(drawn != base.digest)
        #expect(
            drawn
                == changed {
                    $0.hasDrawnSeed = true
                    $0.fields[1].value = Array("8".utf8)
                })
        #expect(base.inputs["seed"] == "7")
    }

    @Test("Bytes that are no text are written down as they are")
    func bytes() {
        var content = base
        content.fields = [.init(name: "prompt", value: [0xFF, 0x00])]
        #expect(content.inputs == ["prompt": ["bytes": "ff00"]])
    }

    @Test("An account is the same for the same key in one journal, and shows nothing of it")
    func account() {
        let key = Array("dct_secret".utf8)
        #expect(Account.hash(of: key, salt: "s") == Account.hash(of: key, salt: "s"))
        #expect(Account.hash(of: key, salt: "s") != Account.hash(of: key, salt: "t"))
        #expect(Account.hash(of: nil, salt: "s") == "none")
        #expect(!Account.hash(of: key, salt: "s").contains("secret"))
    }

    @Test("Equal contents are numbered, and a number that came to nothing is given out again")
    func ordinals() {
        var counter = OrdinalCounter()
        #expect([counter.take("a"), counter.take("a"), counter.take("b"), counter.take("a")] == [0, 1, 0, 2])
        counter.giveBack(1, of: "a")
        counter.giveBack(0, of: "a")
        #expect([counter.take("a"), counter.take("a"), counter.take("a")] == [0, 1, 3])
    }

    @Test("Ids are short, and unlike each other")
    func ids() {
        let ids = (0..<1000).map { _ in RowID.short { .random(in: .min ... .max) } }
        #expect(Set(ids).count == 1000)
        #expect(ids.allSatisfy { $0.count == 10 })
        let uuid = RowID.uuid { 0xFFFF_FFFF_FFFF_FFFF }
        #expect(uuid == "ffffffff-ffff-4fff-bfff-ffffffffffff")
    }
}

@Suite struct UTCTests {
    @Test(
        "Moments are told by UTC",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_785_542_399_999, "2026-07-31T23:59:59.999Z"),
            (1_709_164_800_000, "2024-02-29T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func tells(milliseconds: Int64, text: String) {
        #expect(UTC.text(milliseconds) == text)
        #expect(UTC.day(milliseconds) == text.prefix(10))
    }

    @Test(
        "Days and moments are read back",
        arguments: [
            ("2026-08-01", 1_785_542_400_000), ("2026-08-01T00:00:00.000Z", 1_785_542_400_000),
            ("2026-08-01T01:02Z", 1_785_546_120_000), ("2026-02-30", nil), ("2026-8-1", nil), ("yesterday", nil),
            ("", nil),
            ("2026-08-01T", nil), ("2026-08-01T25:00Z", nil),
        ] as [(String, Int64?)])
    func reads(text: String, milliseconds: Int64?) {
        #expect(UTC.milliseconds(of: text) == milliseconds)
    }
}
