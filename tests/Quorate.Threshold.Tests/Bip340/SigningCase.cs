using System.Text.Json;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Frost.Bip340;
using Quorate.Threshold.Sessions;
using Point = Quorate.Cryptography.Curves.Point<Quorate.Cryptography.Curves.Secp256k1>;
using Scalar = Quorate.Cryptography.Curves.Scalar<Quorate.Cryptography.Curves.Secp256k1>;

namespace Quorate.Threshold.Tests.Bip340;

/// <summary>A contribution that does not decode: who sent it (null: the coordinator) and what it was.</summary>
sealed class InvalidContributionException(int? signerIndex, string contribution) : Exception
{
    internal int? SignerIndex { get; } = signerIndex;
    internal string Contribution { get; } = contribution;
}

/// <summary>One case of the BIP 445 vectors, read the way a caller would read what came in.</summary>
sealed class SigningCase(JsonElement group, JsonElement test)
{
    internal string Name => $"{group.GetProperty("tg_id")} #{test.GetProperty("tc_id")}: {test.GetProperty("comment")}";

    internal JsonElement Expected => test.GetProperty("expected");

    internal JsonElement Error => test.GetProperty("error");

    internal byte[] Message => test.Hex("msg");

    internal PartyId Me => Party(test.GetProperty("my_id").GetInt32());

    internal int SignerIndex => test.GetProperty("signer_index").GetInt32();

    internal PartyId[] Ids => [.. test.Integers("ids").Select(Party)];

    internal PublicNonce? Others => test.IsNull("aggothernonce")
        ? null
        : PublicNonce.TryDecode(test.Hex("aggothernonce"), out var nonce) ? nonce : throw new InvalidContributionException(null, "aggothernonce");

    internal byte[] Randomness => test.IsNull("rand") ? [] : test.Hex("rand");

    internal SignersContext Signers()
    {
        var pool = group.HexList("pubshares");
        var shares = test.Integers("pubshare_indices").Select(i => Point.Decode(pool[i])).ToArray();
        var ids = Ids;
        Array.Sort([.. ids], shares);
        return new(
            group.GetProperty("n").GetInt32(), group.GetProperty("t").GetInt32(),
            new(ids), shares, Point.Decode(group.Hex("thresh_pk")));
    }

    internal TweakContext Key()
    {
        var tweaks = test.TryGetProperty("tweak_indices", out _)
            ? test.Integers("tweak_indices").Select(i => group.HexList("tweaks")[i]).ToArray()
            : test.TryGetProperty("tweaks", out _) ? test.HexList("tweaks") : [];
        bool[] modes = test.TryGetProperty("is_xonly", out var list) ? [.. list.EnumerateArray().Select(m => m.GetBoolean())] : [];
        if (tweaks.Length != modes.Length)
            throw new ArgumentException("A tweak is a value with its mode; they cannot differ in number.");
        return tweaks.Zip(modes).Aggregate(
            TweakContext.Init(Point.Decode(group.Hex("thresh_pk"))), (key, t) => key.Apply(Tweak.Read(t.First, t.Second)));
    }

    internal PublicNonce[] PublicNonces()
    {
        var pool = group.HexList("pubnonces");
        return [.. test.Integers("pubnonce_indices").Select((at, i) =>
            PublicNonce.TryDecode(pool[at], out var nonce) ? nonce : throw new InvalidContributionException(i, "pubnonce"))];
    }

    internal AggregateNonce Nonce() => AggregateNonce.TryDecode(test.Hex("aggnonce"), out var nonce)
        ? nonce
        : throw new InvalidContributionException(null, "aggnonce");

    internal SessionContext Session() => new(Signers(), Nonce(), Key(), Message);

    internal SessionContext SessionOfPublicNonces() => new(Signers(), Bip445.NonceAgg(PublicNonces()), Key(), Message);

    internal Secret<Scalar> Share() => new(Scalar.Decode(group.HexList("secshares")[test.GetProperty("secshare_index").GetInt32()]));

    internal SecretNonce SecretNonce()
    {
        var bytes = group.HexList("secnonces")[test.GetProperty("secnonce_index").GetInt32()];
        return new(Scalar.Decode(bytes.AsSpan(0, 32)), Scalar.Decode(bytes.AsSpan(32)));
    }

    internal Scalar PartialSignature() => Scalar.Decode(test.Hex("psig"));

    internal Scalar[] PartialSignatures() => [.. test.HexList("psigs").Select((psig, i) =>
        Scalar.TryDecode(psig, out var s) ? s : throw new InvalidContributionException(i, "psig"))];

    internal byte[] Sign()
    {
        using var share = Share();
        using var nonce = SecretNonce();
        return Bip445.Sign(nonce, share, Me, Session()).Encode();
    }

    internal (byte[] Nonce, byte[] Signature) DeterministicSign()
    {
        using var share = Share();
        var signers = Signers();
        var (nonce, signature) = Bip445.DeterministicSign(share, Me, Others, signers, Key(), Message, Randomness);
        return (nonce.Encode(), signature.Encode());
    }

    /// <summary>That <paramref name="act"/> fails as the vector says it must.</summary>
    internal void AssertError(Action act)
    {
        var error = Record.Exception(act);
        if (Error.GetProperty("type").GetString() == "InvalidContributionError")
        {
            var contribution = Assert.IsType<InvalidContributionException>(error);
            Assert.Equal(Error.IsNull("signer_index") ? null : Error.GetProperty("signer_index").GetInt32(), contribution.SignerIndex);
            Assert.Equal(Error.GetProperty("contrib").GetString(), contribution.Contribution);
            return;
        }
        var (type, text) = Meaning(Error.GetProperty("message").GetString()!);
        Assert.True(type.IsInstanceOfType(error), $"{Name}: {type.Name} expected, got {error}");
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Our exception for each of the reference implementation's messages, and a part of its text.</summary>
    static (Type Type, string Text) Meaning(string message) => message switch
    {
        "The signer's id must be present in the participant identifier list." => (typeof(ArgumentException), "is not among the signers"),
        "The participant identifier list contains duplicate elements." => (typeof(ArgumentException), "named twice"),
        "The signer's pubshare must be included in the list of pubshares." => (typeof(ArgumentException), "The secret share is not that of"),
        "The provided key material is incorrect." => (typeof(ArgumentException), "do not make up the threshold public key"),
        "first secnonce value is out of range." or "second secnonce value is out of range." => (typeof(ArgumentException), "half of a secret nonce is zero"),
        "The number of signers must be between t and n." => (typeof(ArgumentException), ""),
        "The signer's secret share value is out of range." => (typeof(ArgumentException), "A secret share is not zero"),
        "The tweak value is out of range." => (typeof(ArgumentException), "not below the group order"),
        "The result of tweaking cannot be infinity." => (typeof(ArgumentException), "would be the identity"),
        "The tweaks and is_xonly arrays must have the same length." => (typeof(ArgumentException), "cannot differ in number"),
        "The tweak must be a 32-byte array." => (typeof(ArgumentException), "A tweak has 32 bytes"),
        "The psigs and ids arrays must have the same length." => (typeof(ArgumentException), "One partial signature for every signer"),
        _ when message.StartsWith("Invalid pubshare at index", StringComparison.Ordinal) => (typeof(FormatException), "Not a secp256k1 point"),
        _ when message.StartsWith("The participant identifier at index", StringComparison.Ordinal) => (typeof(ArgumentException), "is not one of"),
        _ => throw new InvalidOperationException($"A message that no test knows: {message}"),
    };

    static PartyId Party(int identifier) => new(identifier + 1);
}
