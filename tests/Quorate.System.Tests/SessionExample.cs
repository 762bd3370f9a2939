using System.Threading.Channels;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Testing;
using Quorate.Testing.Interop;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.System.Tests;

/// <summary>The session of docs/spec/README.md compiles, runs, and is the one there.</summary>
public class SessionExample
{
    static async Task<SchnorrSignature<Ed25519>> Sign(
        SessionId id, KeyShare<Ed25519> share, PartySet quorum, byte[] message, Transport transport)
    {
        // SHOWN
        using var session = new FrostSign<Ed25519>(FrostSuite.Ed25519, id, share, quorum, message, SystemRandom.Shared).Start();
        await transport.Send(session.TakeOutgoing());
        while (session.IsRunning)
        {
            var (from, bytes) = await transport.Next();
            session.Receive(from, bytes);
            await transport.Send(session.TakeOutgoing());
        }
        return session.Abort is { } abort ? throw new SigningFailed(abort.Culprits) : session.TakeOutput();
        // SHOWN
    }

    [Fact]
    public async Task Three_of_five_sign_over_a_transport()
    {
        var message = "ten lines"u8.ToArray();
        var shares = FrostRuns.Key(FrostSuite.Ed25519, seed: 1, t: 3, PartySet.Range(5));
        var quorum = new PartySet(new[] { 1, 3, 4 }.Select(i => new PartyId(i)));
        var inboxes = quorum.ToDictionary(p => p, _ => Channel.CreateUnbounded<(PartyId, byte[])>());

        var signatures = await Task.WhenAll(quorum.Select(p =>
            Sign(FrostRuns.Id(2), shares[p], quorum, message, new(p, inboxes)))).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Single(signatures.Distinct());
        Assert.True(Noble.Ed25519Verify(shares[quorum[0]].Package.GroupKey.Encode(), message, signatures[0].Encode()));
    }

    [Fact]
    public void The_page_shows_the_code_that_runs_here()
    {
        var here = File.ReadLines(Repository.PathOf("tests/Quorate.System.Tests/SessionExample.cs"))
            .SkipWhile(l => l.Trim() != "// SHOWN").Skip(1).TakeWhile(l => l.Trim() != "// SHOWN").Select(l => l[8..]);
        var shown = File.ReadLines(Repository.PathOf("docs/spec/README.md"))
            .SkipWhile(l => l != "```csharp").Skip(1).TakeWhile(l => l != "```");

        Assert.Equal(here, shown);
    }

    sealed class SigningFailed(IEnumerable<PartyId> culprits) : Exception($"Prevented by {string.Join(", ", culprits)}.");

    sealed class Transport(PartyId me, Dictionary<PartyId, Channel<(PartyId From, byte[] Bytes)>> inboxes)
    {
        internal async Task Send(IEnumerable<OutgoingMessage> messages)
        {
            foreach (var message in messages)
            {
                foreach (var (party, inbox) in inboxes.Where(i => i.Key != me && (message.To is null || message.To == i.Key)))
                    await inbox.Writer.WriteAsync((me, message.Bytes.ToArray()));
                message.Dispose();
            }
        }

        internal ValueTask<(PartyId From, byte[] Bytes)> Next() => inboxes[me].Reader.ReadAsync();
    }
}
