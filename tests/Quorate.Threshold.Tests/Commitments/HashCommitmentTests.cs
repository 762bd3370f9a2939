using Quorate.Testing;
using Quorate.Threshold.Commitments;

namespace Quorate.Threshold.Tests.Commitments;

public sealed class HashCommitmentTests
{
    static readonly byte[] Context = [1, 2, 3], Value = [4, 5, 6];

    [Fact]
    public void An_opening_fits_its_commitment_and_nothing_else_does()
    {
        using var random = new SeededRandom(1);
        var (commitment, salt) = HashCommitment.Commit(Context, new(1), Value, random);
        Assert.True(HashCommitment.Verify(commitment, Context, new(1), salt, Value));
        Assert.False(HashCommitment.Verify(commitment, [1, 2], new(1), salt, Value));
        Assert.False(HashCommitment.Verify(commitment, Context, new(2), salt, Value));
        Assert.False(HashCommitment.Verify(commitment, Context, new(1), salt, [4, 5]));
        Assert.False(HashCommitment.Verify(commitment, Context, new(1), salt.AsSpan(1), Value));
        salt[31] ^= 1;
        Assert.False(HashCommitment.Verify(commitment, Context, new(1), salt, Value));
        salt[31] ^= 1;
        commitment[0] ^= 1;
        Assert.False(HashCommitment.Verify(commitment, Context, new(1), salt, Value));
    }

    [Fact]
    public void A_commitment_needs_randomness() =>
        Assert.Throws<ArgumentNullException>("random", () => HashCommitment.Commit(Context, new(1), Value, null!));

    [Fact]
    public void Two_commitments_to_one_value_differ()
    {
        using var random = new SeededRandom(2);
        Assert.NotEqual(
            HashCommitment.Commit(Context, new(1), Value, random).Commitment,
            HashCommitment.Commit(Context, new(1), Value, random).Commitment);
    }
}
