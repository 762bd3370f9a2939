using Quorate.Cryptography.Derivation;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Tests.Sessions;
using static Quorate.Threshold.Tests.Frost.Verdicts;

namespace Quorate.Threshold.Tests.Dkls23;

/// <summary>What a share refuses, with its reason, and that nothing secret is left of what was refused.</summary>
[Collection(SecretCounting.Name)]
public sealed class Dkls23KeyShareTests
{
    static readonly SortedDictionary<PartyId, Dkls23KeyShare> shares = Dkls23Runs.Key(45, 2, PartySet.Range(3));

    [Fact]
    public void A_share_with_anothers_set_ups_is_refused_and_both_are_wiped()
    {
        var (mine, theirs) = (shares[P(1)], shares[P(2)]);
        var live = new LiveSecrets();
        Assert.Throws<ArgumentException>(() => new Dkls23KeyShare(new(P(1), mine.Share.SigningShare.Copy(), mine.Package), theirs.Setups.Copy()));
        Assert.Equal(0, live.More);
    }

    [Fact]
    public void Refused_bytes_say_why_and_leave_nothing()
    {
        using var writer = new WireWriter();
        using var share = new WireWriter();
        shares[P(1)].Write(writer);
        shares[P(1)].Share.Write(share);
        var bytes = writer.Written.ToArray();
        var live = new LiveSecrets();
        Refused("DKLs23 share version 2, known is 1", [2, .. bytes[1..]]);
        var setups = 1 + share.Length;
        Refused("pairwise set-ups version 2, known is 1", [.. bytes[..setups], 2, .. bytes[(setups + 1)..]]);
        Refused("The set-ups are P2's, the share is P1's.", [.. bytes[..(setups + 2)], 2, .. bytes[(setups + 3)..]]);
        Refused("bytes left", bytes[..^1]);
        // The first set-up has been read when the second is found to be nobody's.
        var second = setups + 77 + 6_194;
        Refused("party 0", [.. bytes[..second], 0, 0, .. bytes[(second + 2)..]]);
        Assert.Equal(0, live.More);

        static void Refused(string reason, byte[] bytes) => Assert.Contains(
            reason.Replace("P1", $"{P(1)}", StringComparison.Ordinal).Replace("P2", $"{P(2)}", StringComparison.Ordinal),
            Assert.Throws<WireException>(() =>
            {
                var reader = new WireReader(bytes);
                Dkls23KeyShare.Read(ref reader);
            }).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Who_may_not_sign_is_told_why()
    {
        var (share, bans, two) = (shares[P(1)], new BanList(), PartySet.Range(2));
        Assert.Throws<ArgumentNullException>("bans", () => share.RequireQuorum(two, null!));
        Assert.StartsWith("Exactly 2 parties sign.", Assert.Throws<ArgumentException>("quorum", () => share.RequireQuorum(PartySet.Range(3), bans)).Message, StringComparison.Ordinal);
        share.RequireQuorum(two, bans);
        bans.Ban(share.KeyId, P(3));
        share.RequireQuorum(two, bans);
        bans.Ban(share.KeyId, P(2));
        Assert.Equal($"{P(2)} is banned for this key.", Assert.Throws<InvalidOperationException>(() => share.RequireQuorum(two, bans)).Message);

        using var child = share.Derive(Bip32Path.Parse("m/1"));
        using var writer = new WireWriter();
        Assert.Equal("A child's share is derived when it signs, and not stored.", Assert.Throws<InvalidOperationException>(() => child.Write(writer)).Message);
    }
}
