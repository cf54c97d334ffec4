import Glibc

/// Finds the probability of each bin of a grid from observed intervals.
struct MassFit {
    private(set) var mass = [Double](repeating: 1 / Double(TimeGrid.bins), count: TimeGrid.bins)
    /// Each observation as a stretch of the grid.
    private var stretches: [(from: Double, to: Double, isOpen: Bool)]
    private let grid: TimeGrid

    private static let rounds = 6
    /// The share of jobs that the kernel around an early bin holds; it is larger while fewer than 200 have completed.
    private static let share = 0.14
    /// The kernel's standard deviation as part of the stretch that holds that share.
    private static let width = 0.5
    private let completed: Int

    init(_ observations: [DurationObservation], on grid: TimeGrid) {
        self.grid = grid
        completed = observations.count { $0.before != nil }
        let bins = Double(TimeGrid.bins)
        stretches = observations.map { observation in
            var from = grid.position(of: observation.after)
            var to = observation.before.map { grid.position(of: $0) } ?? bins
            // A job that ended between two polls at the same millisecond still has its bin.
            if to - from < 0.5 {
                let middle = (from + to) / 2
                from = max(0, middle - 0.25)
                to = min(bins, middle + 0.25)
            }
            return (from, to, observation.before == nil)
        }
    }

    mutating func run() {
        // The first round spreads each interval evenly; what is open at its end follows what the others say.
        mass = expectation(of: stretches.filter { !$0.isOpen })
        smooth()
        for _ in 1..<Self.rounds {
            mass = expectation(of: stretches)
            smooth()
        }
    }

    /// Each job's unit of probability, laid over its stretch in proportion to what is there already.
    private func expectation(of stretches: [(from: Double, to: Double, isOpen: Bool)]) -> [Double] {
        var sums = [0.0]
        sums.reserveCapacity(mass.count + 1)
        for part in mass { sums.append(sums[sums.count - 1] + part) }
        func sum(to position: Double) -> Double {
            let bin = min(mass.count - 1, Int(position))
            return sums[bin] + mass[bin] * (position - Double(bin))
        }
        // How often each bin's mass counts: whole bins by their differences, the ends of stretches by their parts.
        var changes = [Double](repeating: 0, count: mass.count + 1)
        var parts = [Double](repeating: 0, count: mass.count)
        for stretch in stretches {
            let held = sum(to: stretch.to) - sum(to: stretch.from)
            let first = min(mass.count - 1, Int(stretch.from))
            let last = min(mass.count - 1, Int(stretch.to))
            guard held > 1e-12 else {
                // Where nobody ended before: in the middle of the stretch, or at its beginning if it is open.
                let bin = stretch.isOpen ? first : (first + last) / 2
                if mass[bin] > 0 { parts[bin] += 1 / mass[bin] }
                continue
            }
            let weight = 1 / held
            if first == last {
                parts[first] += weight * (stretch.to - stretch.from)
            } else {
                parts[first] += weight * (Double(first + 1) - stretch.from)
                parts[last] += weight * (stretch.to - Double(last))
                changes[first + 1] += weight
                changes[last] -= weight
            }
        }
        var result = mass
        var running = 0.0
        let all = Double(stretches.count)
        for bin in 0..<mass.count {
            running += changes[bin]
            result[bin] = mass[bin] * (running + parts[bin]) / all
        }
        return result
    }

    /// Spreads each bin's mass by a bell as wide as it takes to hold a fixed share of all.
    private mutating func smooth() {
        let count = mass.count
        var sums = [0.0]
        sums.reserveCapacity(count + 1)
        for part in mass { sums.append(sums[sums.count - 1] + part) }
        let share = min(0.6, Self.share * max(1, (200 / Double(completed)).squareRoot())) * sums[count]
        var result = [Double](repeating: 0, count: count)
        var reach = 1
        for bin in 0..<count {
            guard mass[bin] > 1e-12 else { continue }
            func held(_ reach: Int) -> Double { sums[min(count, bin + reach + 1)] - sums[max(0, bin - reach)] }
            // Where few are left a smaller share of all is as large a share of them; a late peak is not to be blurred.
            let wanted = share * max(0.3, (1 - sums[bin] / sums[count]).squareRoot())
            while reach > 0, held(reach) > wanted { reach -= 1 }
            while reach < count, held(reach) < wanted { reach += 1 }
            let deviation = max(0.5, Self.width * Double(reach))
            let wide = min(count, Int(3 * deviation) + 1)
            var weights = 0.0
            var kernel: [Double] = []
            kernel.reserveCapacity(wide + 1)
            for offset in 0...wide {
                let weight = exp(-0.5 * Double(offset * offset) / (deviation * deviation))
                kernel.append(weight)
                weights += offset == 0 ? weight : 2 * weight
            }
            let unit = mass[bin] / weights
            for offset in -wide...wide {
                var target = bin + offset
                // No job takes less than no time, and none is lost beyond the end.
                if target < 0 { target = -1 - target }
                result[min(target, count - 1)] += unit * kernel[abs(offset)]
            }
        }
        mass = result
    }
}
