import JobJournal
import Testing

@Suite struct MoneyTests {
    @Test(
        "An amount is held to the nearest millionth",
        arguments: [(0.0, 0), (0.04, 40_000), (0.1 + 0.2, 300_000), (5, 5_000_000), (0.000_000_6, 1)])
    func rounds(dollars: Double, micros: Int64) {
        #expect(Money(dollars: dollars)?.micros == micros)
    }

    @Test("What is no amount is refused", arguments: [-0.01, .nan, .infinity, 1e10])
    func refuses(dollars: Double) {
        #expect(Money(dollars: dollars) == nil)
    }

    @Test(
        "An amount is read as people type it",
        arguments: [
            ("5", 5_000_000), ("0.5", 500_000), (".5", 500_000), ("", nil), ("-1", nil), ("1e3", nil), ("5$", nil),
            ("1.2.3", nil), ("nan", nil),
        ] as [(String, Int64?)])
    func reads(text: String, micros: Int64?) {
        #expect(Money(typed: text)?.micros == micros)
    }

    @Test(
        "An amount is shown with two decimals, or as many as it has",
        arguments: [(500_000, "$0.50"), (4000, "$0.004"), (1_234_567, "$1.234567"), (0, "$0.00"), (-40_000, "-$0.04")])
    func shows(micros: Int64, text: String) {
        #expect("\(Money(micros: micros))" == text)
    }

    @Test("A sum that does not fit is above every cap")
    func saturates() {
        #expect(Money(micros: .max) + Money(micros: 1) == Money(micros: .max))
        #expect(Money(micros: .max / 2) * 3 == Money(micros: .max))
        #expect(!Cap(.day, Money(micros: 100)).admits(Money(micros: 1), spent: Money(micros: .max)))
    }
}
