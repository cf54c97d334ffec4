"""How the cost of waiting grows with the number of jobs: rows of the table, and a page with a plot.

Called by `bench`. A job that waits costs a coroutine; what is due at the same time waits in line, which is its lateness.
"""
import html
import math
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Jobs, milliseconds between the polls of one, seconds.
RUNS = [(1_000, 2_000, 6), (10_000, 2_000, 6), (100_000, 60_000, 20)]


def measure(program, url, run, row, aim, at_64):
    """`at_64`: CPU per poll, µs, with 64 in flight. Answers what `page` draws: (jobs, MB, µs per poll, ms late)."""
    points = []
    for jobs, every, seconds in RUNS:
        output, memory, _ = run([program, HERE / "waiting.lua", url, jobs, seconds, every])
        cpu, _, _, late = map(float, output.split())
        points.append((jobs, memory, cpu, late))
        what = f"{jobs:,} waiting jobs"
        row(f"{what}: peak memory", "decart-lua", memory, "MB")
        row(f"{what}: CPU per poll", "decart-lua", cpu, "µs")
        row(f"{what}: CPU per poll", "64 in flight", at_64, "µs", cpu, 1.5 if jobs == 10_000 else None)
        row(f"{what}: lateness of polls, p99", "decart-lua", late, "ms")
    (few, least, *_), (many, most, *_) = points[0], points[-1]
    each = (most - least) * 1024 / (many - few)
    row("a job beyond the first thousand: memory", "decart-lua", each, "KB")
    aim("a job beyond the first thousand: memory", each, 2, "KB")
    _, memory, _ = run([program, HERE / "sleepers.lua", 100_000, 3])
    row("100,000 sleeping tasks: peak memory", "decart-lua", memory, "MB")
    aim("100,000 sleeping tasks: peak memory", memory, 210, "MB")
    return points


def chart(title, unit, points):
    """Points (jobs, value) as an SVG: jobs on a logarithmic axis, values on one from 0."""
    width, height, left, bottom, top = 360, 220, 48, 28, 24
    low, high = math.log10(points[0][0]), math.log10(points[-1][0])
    most = max(value for _, value in points) or 1

    def place(jobs, value):
        x = left + (math.log10(jobs) - low) / (high - low) * (width - left - 40)
        return x, height - bottom - value / most * (height - bottom - top)

    places = [place(*point) for point in points]
    marks = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"/><text x="{x:.1f}" y="{y - 7:.1f}">{value:.3g}</text>'
        f'<text x="{x:.1f}" y="{height - 8}">{jobs:,}</text>'
        for (x, y), (jobs, value) in zip(places, points))
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return (
        f'<figure><figcaption>{html.escape(title)}, {html.escape(unit)}, by the number of jobs</figcaption>'
        f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="{html.escape(title)}">'
        f'<path d="M{left} {top}V{height - bottom}H{width - 20}"/><polyline points="{line}"/>{marks}</svg></figure>')


def page(points, rows, machine):
    charts = "".join(
        chart(title, unit, [(point[0], point[index]) for point in points])
        for title, unit, index in [
            ("Peak memory", "MB", 1), ("CPU per poll", "µs", 2), ("Lateness of polls, p99", "ms", 3)])
    lines = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>" for cells in rows)
    return f"""<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>decart-lua: benchmarks</title>
<style>
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem }}
figure {{ display: inline-block; margin: 0 1rem 1rem 0 }}
svg path, svg polyline {{ fill: none; stroke: currentColor }} svg polyline {{ stroke-width: 2 }}
svg text {{ font-size: 11px; text-anchor: middle }}
td {{ padding: 0 .8rem 0 0 }} td:nth-child(n+3) {{ text-align: right }}
</style>
<h1>Benchmarks</h1><p>{html.escape(machine)}</p>{charts}
<table><tr><th>what<th>who<th>measured<th>decart-lua to it<th>to reach</tr>{lines}</table></html>
"""
