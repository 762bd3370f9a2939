using Quorate.Testing;
using Quorate.Threshold.ChillDkg;

namespace Quorate.Threshold.Tests.ChillDkg;

public sealed class RecoveryTests : IDisposable
{
    readonly ChillDkgRuns setup = new(55, 2, 3);
    readonly ChillDkgOutput[] outputs;
    readonly byte[] data;

    public RecoveryTests()
    {
        outputs = setup.Key();
        data = outputs[0].Recovery.Encode();
    }

    public void Dispose() => setup.Dispose();

    [Fact]
    public void A_backup_is_the_host_key_and_the_public_data()
    {
        using var exported = setup.HostKeys[1].Export();
        using var restored = new HostKey(exported.Expose());
        using var share = RecoveryData.Decode(data).Recover(restored);
        Assert.Equal(outputs[1].Share.SigningShare.Expose(), share.SigningShare.Expose());
        Assert.Equal(outputs[1].Share.Package.ChainCode, share.Package.ChainCode);
    }

    [Fact]
    public void The_chain_code_of_published_recovery_data_stays_what_it_is()
    {
        // Addresses hang on it: recorded, and never to change.
        var group = VectorFile.Read("chilldkg/participant_finalize.json").GetProperty("testGroups")[0];
        var published = group.GetProperty("validTestCases")[0].GetProperty("expectedOutput").Hex("recoveryData");
        Assert.Equal("184689a79a1ed37d4cf4339842e0785336e2063afb652d132aa4a2e1b2c4e24a", Convert.ToHexStringLower(RecoveryData.Decode(published).Package.ChainCode));
    }

    [Fact]
    public void Another_host_key_recovers_nothing()
    {
        using var stranger = HostKey.Generate(new SeededRandom(1));
        Assert.Throws<ArgumentException>(() => RecoveryData.Decode(data).Recover(stranger));
    }

    [Fact]
    public void Data_with_any_byte_changed_are_no_recovery_data()
    {
        for (var i = 0; i < data.Length; i += i < 4 ? 1 : 7)
        {
            byte[] changed = [.. data];
            changed[i] ^= 1;
            Assert.Throws<FormatException>(() => RecoveryData.Decode(changed));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(70)]
    [InlineData(555)]
    public void Truncated_data_are_no_recovery_data(int length)
    {
        Assert.True(length < data.Length);
        Assert.Throws<FormatException>(() => RecoveryData.Decode(data.AsSpan(0, length)));
    }

    [Fact]
    public void A_second_valid_certificate_changes_neither_share_nor_chain_code()
    {
        // P3 signs the transcript again with other randomness, and the coordinator shows the result to somebody else.
        var transcript = data[..^(3 * CertEq.SignatureSize)];
        var second = CertEq.Sign(setup.HostKeys[2], Cryptography.Hashing.Tags.ChillDkgCertificate, 2, transcript, new SeededRandom(2));
        byte[] other = [.. data[..^CertEq.SignatureSize], .. second];
        Assert.NotEqual(data, other);

        using var share = RecoveryData.Decode(other).Recover(setup.HostKeys[0]);
        Assert.Equal(outputs[0].Share.SigningShare.Expose(), share.SigningShare.Expose());
        Assert.Equal(outputs[0].Share.Package, share.Package);
    }

    [Fact]
    public void An_acknowledgment_is_for_these_data_and_this_participant()
    {
        var recovery = RecoveryData.Decode(data);
        var acknowledgment = recovery.Acknowledge(setup.HostKeys[1], new SeededRandom(3));
        Assert.True(recovery.IsAcknowledged(new(2), acknowledgment));
        Assert.False(recovery.IsAcknowledged(new(1), acknowledgment));
        Assert.False(recovery.IsAcknowledged(new(2), acknowledgment.AsSpan(1)));
        // The certificate's own signature is on another message.
        Assert.False(recovery.IsAcknowledged(new(2), data.AsSpan(data.Length - 2 * CertEq.SignatureSize, CertEq.SignatureSize)));
    }
}
