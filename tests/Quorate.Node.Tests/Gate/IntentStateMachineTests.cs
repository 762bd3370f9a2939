using System.Text;
using Quorate.Node.Gate;
using Quorate.Policies;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Tests.Gate;

/// <summary>
/// Every state that any order of requests, sessions, crashes, freezes, policies and clocks leads to: one request never has sessions for two intents, and what is lent was allowed by what is in force.
/// </summary>
public sealed class IntentStateMachineTests
{
    static readonly PartySet quorum = new([new(1), new(2)]);
    static readonly SessionId session = SessionId.Derive([1]);

    readonly Deployment acme = new();
    readonly SigningRequest first, second;
    readonly Policy other = Policy.Parse(Encoding.UTF8.GetBytes(Deployment.PolicyJson("other").ToJsonString()));

    public IntentStateMachineTests() => (first, second) = (acme.Request("req_1"), acme.Request("req_1", nonce: 1));

    /// <summary>What a node has on disk, and what a caller holds of it in memory.</summary>
    sealed record World(NodeState Node, RequestState Request, TimeSpan Elapsed, Ruling.Permit? Permit, ImmutableSessions Lent);

    readonly record struct ImmutableSessions(bool First, bool Second);

    enum Step { RuleFirst, RuleSecond, Lend, Sign, Fail, Freeze, Unfreeze, OtherPolicy, FirstPolicy, Reshare, Hour, ClockBack, Crash }

    [Fact]
    public void One_request_never_has_sessions_for_two_intents()
    {
        var seen = new HashSet<string>();
        var queue = new Queue<World>();
        queue.Enqueue(new(acme.State, RequestState.Unknown, TimeSpan.Zero, null, default));
        var (lent, refused) = (0, 0);
        while (queue.TryDequeue(out var world))
        {
            foreach (var step in Enum.GetValues<Step>())
            {
                if (Next(world, step, ref lent, ref refused) is not { } next)
                    continue;
                Assert.False(next.Lent is { First: true, Second: true });
                Assert.True(next.Node.Ledger.Counters.All(name => next.Node.Ledger.Usage(name, new CounterWindow.Fixed(CalendarPeriod.Day, TimeZoneInfo.Utc), Now(next)) <= Deployment.Ether / 2),
                    "one request is counted once");
                // Whatever was reserved and not lent is still known to be open, or was released.
                Assert.True(next.Node.Pending.Count <= 1);
                if (seen.Add(KeyOf(next)))
                    queue.Enqueue(next);
            }
        }
        Assert.True(lent >= 20 && refused > 1000 && seen.Count > 2000, $"{lent} lent, {refused} refused, {seen.Count} states");
    }

    World? Next(World w, Step step, ref int lent, ref int refused)
    {
        switch (step)
        {
            case Step.RuleFirst or Step.RuleSecond:
                var (ruling, record) = Judgement.Rule(w.Node, step == Step.RuleFirst ? first : second, w.Request, Deployment.Judges, Now(w));
                return Record(w, record) with { Permit = ruling as Ruling.Permit ?? w.Permit };
            case Step.Lend when w.Permit is { } permit:
                var (no, opened) = Judgement.Lend(w.Node, w.Request, permit.Intent, new(0, session, quorum), Now(w));
                if (no is not null)
                {
                    refused++;
                    return w;
                }
                lent++;
                Assert.False(w.Node.IsFrozen("treasury"));
                Assert.Equal(w.Request.AllowedBy, w.Node.Policy!.Hash);
                Assert.Equal(permit.Intent.KeyEpoch, w.Node.Wallets["treasury"].Epoch);
                Assert.True(Now(w) < permit.Intent.ExpiresAt);
                Assert.False(w.Request.IsReleased);
                var isFirst = permit.Intent.Hash == first.Intent.Hash;
                return Record(w, opened) with { Lent = new(w.Lent.First || isFirst, w.Lent.Second || !isFirst) };
            case Step.Sign or Step.Fail when w.Request.Sessions > 0:
                return Record(w, new NodeEvent.SessionEnded(Now(w).ToUnixTimeSeconds(), w.Request.Intent.ToString()!, 0, "", step == Step.Sign ? [1] : null, null));
            case Step.Freeze:
                return w with { Node = w.Node with { Frozen = w.Node.Frozen.Add("treasury") } };
            case Step.Unfreeze:
                return w with { Node = w.Node with { Frozen = w.Node.Frozen.Remove("treasury") } };
            case Step.OtherPolicy or Step.FirstPolicy:
                return w with { Node = w.Node with { Policy = step == Step.OtherPolicy ? other : acme.State.Policy } };
            case Step.Reshare when w.Node.Wallets["treasury"].Epoch == 0:
                var old = acme.Wallet.Ecdsa!;
                var keys = new WalletKeys("treasury", new(old.Scheme, old.Origin, 1, old.Threshold, old.Parties, old.GroupKey, old.VerifyingShares.ToArray(), old.ChainCode), null, null);
                return w with { Node = w.Node with { Wallets = w.Node.Wallets.SetItem("treasury", keys) } };
            case Step.Hour when w.Elapsed < TimeSpan.FromHours(2):
                // The gate gives up what has expired before it judges anything.
                var later = w with { Elapsed = w.Elapsed + TimeSpan.FromHours(1) };
                return later.Node.Pending.FirstOrDefault(pair => Now(later) >= pair.Value.ExpiresAt) is { Key: { } expired }
                    ? Record(later, new NodeEvent.SigningReleased(Now(later).ToUnixTimeSeconds(), expired, "expired"))
                    : later;
            case Step.ClockBack when w.Elapsed > TimeSpan.Zero:
                return w with { Elapsed = TimeSpan.Zero };
            case Step.Crash:
                return w with { Permit = null };
            default:
                return null;
        }
    }

    static World Record(World w, NodeEvent? happened) =>
        happened is null ? w : w with { Node = w.Node.Evolve(happened), Request = w.Request.Evolve(happened) };

    static DateTimeOffset Now(World w) => Deployment.Start + w.Elapsed;

    static string KeyOf(World w) => string.Join('|',
        w.Elapsed, w.Permit?.Intent.Hash, w.Lent, w.Request.Intent, w.Request.AllowedBy, w.Request.IsReleased, Math.Min(w.Request.Sessions, 2), w.Request.Signatures.Count,
        w.Node.IsFrozen("treasury"), w.Node.Policy!.Name, w.Node.Wallets["treasury"].Epoch, w.Node.Pending.Count, w.Node.LatestTime);
}
