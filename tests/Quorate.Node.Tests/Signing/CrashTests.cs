using Quorate.Node.Gate;
using Quorate.Node.Signing;
using Quorate.Policies;

namespace Quorate.Node.Tests.Signing;

/// <summary>
/// The lead or a peer stops at each of its durable steps, and is started again from its files: the same request is signed
/// in the end, another under its name never. (Processes that are killed: the system's tests.)
/// </summary>
public sealed class CrashTests
{
    /// <summary>A gate's clock by which the node dies: it asks before everything that it writes.</summary>
    sealed class Tripwire(TimeProvider time, int steps) : TimeProvider
    {
        int left = steps;

        internal bool HasTripped => Volatile.Read(ref left) < 0;

        public override DateTimeOffset GetUtcNow() => Interlocked.Decrement(ref left) >= 0 ? time.GetUtcNow() : throw new IOException("the machine is off");
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(2, false)]
    public async Task One_request_is_one_digest_whoever_stops_where(int victim, bool isSameFirst)
    {
        var limits = Fleet.Hurried with { OfferPatience = TimeSpan.FromMilliseconds(500), Session = new() { Ready = TimeSpan.FromMilliseconds(500), Round = TimeSpan.FromSeconds(1) }, MaxAttempts = 1 };
        await using var fleet = await Fleet.StartAsync(limits: limits, nodes: 2);
        var trips = 0;
        for (var steps = 0; steps < 8; steps++)
        {
            var (one, two) = (fleet.Acme.Request($"req_{steps}", 1), fleet.Acme.Request($"req_{steps}", 2));
            await fleet.StopAsync(new(victim));
            var tripwire = new Tripwire(fleet.Clock, steps);
            await fleet.StartAsync(new(victim), tripwire);
            SigningReport? report = null;
            try
            {
                report = await fleet.LeadAsync(1, one);
            }
            catch (IOException)
            {
            }
            await fleet.StopAsync(new(victim));
            if (tripwire.HasTripped)
                trips++;
            else
                Assert.True(report is SigningReport.Signed, $"step {steps}: {Words(report)}");

            await fleet.StartAsync(new(victim));
            // The other node's breaker may have had enough of the victim: it is another process that retries.
            await fleet.StopAsync(new(3 - victim));
            await fleet.StartAsync(new(3 - victim));
            var isKnown = await IsKnownAsync(fleet[1], one.Intent) || await IsKnownAsync(fleet[2], one.Intent);
            var (next, last) = isSameFirst ? (one, two) : (two, one);
            var (a, b) = (await fleet.LeadAsync(1, next), await fleet.LeadAsync(1, last));
            if (isSameFirst || !isKnown)
                Assert.True(a is SigningReport.Signed, $"step {steps}: {Words(a)}");
            if (isKnown)
                Assert.IsNotType<SigningReport.Signed>(isSameFirst ? b : a);
            Assert.False(a is SigningReport.Signed && b is SigningReport.Signed, $"step {steps}: two digests under one request");
            if (isSameFirst)
                Assert.Equal(Refusal.RequestReused, Assert.IsType<SigningReport.Refused>(b).Ruling.Reason);
        }
        Assert.InRange(trips, 3, 7);
    }

    static string Words(SigningReport? report) =>
        report is SigningReport.Failed failed ? $"{failed.Reason}: {string.Join("; ", failed.Attempts.Select(a => $"{a.Quorum} {a.Fault} {string.Join(", ", a.Declined.Values)}"))}" : $"{report}";

    static async Task<bool> IsKnownAsync(Fleet.Member node, Intent intent) => (await node.Gate.ReadAsync(intent, default)).State.Intent == intent.Hash;
}
