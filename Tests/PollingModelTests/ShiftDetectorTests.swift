import Testing

@testable import PollingModel

struct ShiftDetectorTests {
    @Test func `even shares are no shift`() {
        #expect(ShiftDetector.shift(in: (0..<48).map { Double(($0 * 29) % 48) / 48 + 0.01 }) == nil)
        #expect(ShiftDetector.shift(in: [0.5, 0.1, 0.9]) == nil)
    }

    @Test func `six jobs in a row that are quicker than nearly all are one`() {
        #expect(ShiftDetector.shift(in: [0.3, 0.6, 0.8, 0.2, 0.01, 0.015, 0.005, 0.01, 0.002, 0.012]) == 6)
    }

    @Test func `the distance is the largest gap between the shares' distribution and the even one`() {
        #expect(ShiftDetector.distance([0.5]) == 0.5)
        #expect(abs(ShiftDetector.distance([0.1, 0.2, 0.3]) - 0.7) < 1e-12)
    }
}
