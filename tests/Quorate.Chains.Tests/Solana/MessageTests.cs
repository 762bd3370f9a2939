using Quorate.Chains.Solana;
using Quorate.Chains.Solana.Programs;
using Quorate.Cryptography.Signatures;

namespace Quorate.Chains.Tests.Solana;

public sealed class MessageTests : IDisposable
{
    readonly SolanaScene scene = new();

    public void Dispose() => scene.Dispose();

    byte[] Transfer(SolanaMessageVersion version = SolanaMessageVersion.Legacy) =>
        SolanaMessage.Compile(version, scene.Me, scene.Hash(), SystemProgram.Transfer(scene.Me, scene.Other, 7)).Encode();

    static FormatException Refused(byte[] bytes) => Assert.Throws<FormatException>(() => SolanaMessage.Decode(bytes));

    [Fact]
    public void A_transfer_has_the_layout_of_the_documentation()
    {
        var hash = scene.Hash();
        var expected = (byte[])
        [
            1, 0, 1, // one signs, of the others the last is not changed
            3, .. scene.Me.ToArray(), .. scene.Other.ToArray(), .. new byte[32],
            .. Bytes(hash),
            1, 2, 2, 0, 1, 12, 2, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0,
        ];
        Assert.Equal(expected, SolanaMessage.Compile(SolanaMessageVersion.Legacy, scene.Me, hash, SystemProgram.Transfer(scene.Me, scene.Other, 7)).Encode());
        Assert.Equal([0x80, .. expected, 0], SolanaMessage.Compile(SolanaMessageVersion.V0, scene.Me, hash, SystemProgram.Transfer(scene.Me, scene.Other, 7)).Encode());
    }

    // The transaction that the validators' own test of wire compatibility pins (solana_sdk, test_transaction_serialize and
    // web3.js, "parse wire format and serialize").
    [Fact]
    public void A_transaction_of_web3_s_own_tests_is_read_and_written()
    {
        var seed = Enumerable.Repeat((byte)8, 32).ToArray();
        using var key = new Ed25519Key(seed);
        var sender = SolanaAddress.FromPublicKey(key.PublicKey);
        var recipient = SolanaAddress.Parse("J3dxNj7nDRRqRRXuEMynDG57DkZK4jYRuv3Garmb1i99");
        var message = SolanaMessage.Compile(
            SolanaMessageVersion.Legacy, sender, Blockhash.Parse("EETubP5AKHgjPAhzPAFcb8BAY1hMH639CWCFTqi3hq1k"), SystemProgram.Transfer(sender, recipient, 49));
        var wire = Convert.FromBase64String(
            "AVuErQHaXv0SG0/PchunfxHKt8wMRfMZzqV0tkC5qO6owYxWU2v871AoWywGoFQr4z+q/7mE8lIufNl/kxj+nQ0BAAEDE5j2LG0aRXxRumpLXz29L2n8qTIWIY3ImX5Ba9F9k8r9Q5/Mtmcn8onFxt47xKj+XdXXd3C8j/FcPu7csUrz/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAxJrndgN4IFTxep3s6kO0ROug7bEsbx0xxuDkqEvwUusBAgIAAQwCAAAAMQAAAAAAAAA=");
        var format = new SolanaFormat(SolanaCluster.Mainnet);
        var context = new DecodeContext(format.ToAddress(sender), SolanaScene.Path);
        var input = Assert.Single(format.GetSigningInputs(message.Encode(), context));
        Assert.Equal(wire, format.Assemble(message.Encode(), context, [new(0, key.PublicKey.Encode(), key.Sign(input.Payload.Span))]).ToArray());
        Assert.Equal(message, SolanaTransaction.Decode(wire).Message);
        Assert.True(SolanaTransaction.Decode(wire).IsFullySigned);
    }

    [Theory]
    [InlineData(0, "00")]
    [InlineData(0x7f, "7f")]
    [InlineData(0x80, "8001")]
    [InlineData(0xff, "ff01")]
    [InlineData(0x100, "8002")]
    [InlineData(0x3fff, "ff7f")]
    [InlineData(0x4000, "808001")]
    [InlineData(0x7fff, "ffff01")]
    [InlineData(0xffff, "ffff03")]
    public void Lengths_are_written_as_the_validators_write_them(int value, string hex)
    {
        var bytes = new byte[3];
        Assert.Equal(hex.Length / 2, CompactU16.Write(bytes, value));
        Assert.Equal(hex, Convert.ToHexStringLower(bytes.AsSpan(0, CompactU16.SizeOf(value))));
        Assert.True(CompactU16.TryRead(Convert.FromHexString(hex + "ff"), out var read, out var size));
        Assert.Equal((value, hex.Length / 2), (read, size));
    }

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("8000")] // 0 in two bytes
    [InlineData("ff00")] // 127 in two
    [InlineData("808000")]
    [InlineData("ffff00")]
    [InlineData("808004")] // 65,536
    [InlineData("ffffff")]
    [InlineData("80808000")]
    [InlineData("80808080")]
    public void Lengths_in_other_than_their_fewest_bytes_are_refused(string hex) =>
        Assert.False(CompactU16.TryRead(Convert.FromHexString(hex), out _, out _));

    [Theory]
    [InlineData(SolanaMessageVersion.Legacy)]
    [InlineData(SolanaMessageVersion.V0)]
    public void Every_cut_and_every_byte_more_is_refused(SolanaMessageVersion version)
    {
        var bytes = Transfer(version);
        for (var length = 0; length < bytes.Length; length++)
            Refused(bytes[..length]);
        Refused([.. bytes, 0]);
        Refused([.. bytes, .. bytes]);
    }

    [Fact]
    public void A_length_that_could_be_shorter_is_refused_in_every_place()
    {
        var bytes = Transfer();
        // Accounts, instructions, the instruction's accounts and data.
        foreach (var place in (int[])[3, 132, 134, 137])
            Assert.Contains("fewest", Refused([.. bytes[..place], (byte)(bytes[place] | 0x80), 0, .. bytes[(place + 1)..]]).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0, "Nobody signs")]
    [InlineData(0, 3, "sign")]
    [InlineData(0, 4, "sign")]
    [InlineData(1, 1, "can not be changed")]
    [InlineData(1, 2, "can not be changed")]
    [InlineData(2, 3, "of 3")]
    [InlineData(133, 0, "no program")]
    [InlineData(133, 3, "no program at 3")]
    [InlineData(135, 3, "no account at 3")]
    [InlineData(136, 255, "no account at 255")]
    public void What_no_validator_would_take_is_refused(int place, byte value, string why)
    {
        var bytes = Transfer();
        bytes[place] = value;
        if (place == 0 && value == 3)
            bytes[2] = 1;
        Assert.Contains(why, Refused(bytes).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_account_that_is_there_twice_is_refused()
    {
        var bytes = Transfer();
        bytes.AsSpan(4, 32).CopyTo(bytes.AsSpan(36));
        Assert.Contains("twice", Refused(bytes).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x81)]
    [InlineData(0xff)]
    public void Versions_to_come_are_refused_by_name(byte first)
    {
        var bytes = Transfer(SolanaMessageVersion.V0);
        bytes[0] = first;
        Assert.Contains($"version {first & 0x7f}", Refused(bytes).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_of_which_nothing_is_used_and_a_program_out_of_a_table_are_refused()
    {
        var m = SolanaMessage.Decode(Transfer(SolanaMessageVersion.V0));
        SolanaMessage With(TableLookup lookup, byte program = 2) => SolanaMessage.Create(
            m.Version, 1, 0, 1, m.Accounts, m.Blockhash, [m.Instructions[0] with { Program = program }], [lookup]);
        Assert.Equal(4, With(new(scene.Any(), default, new byte[1])).AccountCount);
        Assert.Contains("Nothing", Assert.Throws<ArgumentException>(() => With(new(scene.Any(), default, default))).Message, StringComparison.Ordinal);
        Assert.Contains("look-up table", Assert.Throws<ArgumentException>(() => With(new(scene.Any(), new byte[1], default), 3)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => With(new(scene.Any(), new byte[200], new byte[54])));
    }

    [Fact]
    public void A_transaction_fills_a_packet_and_no_more()
    {
        SolanaMessage Memo(int size) => scene.Message(new SolanaInstruction(ProgramIds.Memo, [], new byte[size]));
        var rest = SolanaMessage.MaxTransactionSize - Memo(200).TransactionSize;
        var largest = Memo(200 + rest);
        Assert.Equal(SolanaMessage.MaxTransactionSize, largest.TransactionSize);
        Assert.Equal(largest, SolanaMessage.Decode(largest.Encode()));
        Assert.Equal(SolanaMessage.MaxTransactionSize, scene.Sign(largest.Encode()).Length);
        Assert.Throws<ArgumentException>(() => Memo(201 + rest));
        var (ours, length) = (largest.Encode(), 200 + rest);
        // One byte of data more, in the wire's own words.
        var at = ours.Length - length - CompactU16.SizeOf(length);
        CompactU16.Write(ours.AsSpan(at), length + 1);
        Refused([.. ours, 0]);
    }

    [Fact]
    public void More_accounts_than_fit_are_refused_however_many_there_are()
    {
        foreach (var count in (int[])[36, 38, 39, 255, 256, 300])
        {
            Assert.Throws<ArgumentException>(() => scene.Message(
                new SolanaInstruction(scene.Any(), [.. Enumerable.Range(0, count).Select(_ => SolanaAccount.Signer(scene.Any()))], default)));
        }
        Assert.Throws<ArgumentException>(() => SolanaMessage.Create(SolanaMessageVersion.Legacy, 1, 0, 0, default, scene.Hash(), []));
        Assert.Throws<ArgumentException>(() => SolanaMessage.Create(SolanaMessageVersion.Legacy, 1, 0, 0, [], scene.Hash(), []));
    }

    [Fact]
    public void Places_tell_who_signs_and_what_is_changed()
    {
        var (signer, changed, looked) = (scene.Any(), scene.Any(), scene.Any());
        var message = SolanaMessage.Compile(
            SolanaMessageVersion.V0, scene.Me, scene.Hash(),
            new SolanaInstruction(scene.Any(), [SolanaAccount.ReadOnly(looked), SolanaAccount.Writable(changed), SolanaAccount.Signer(signer), SolanaAccount.ReadOnly(changed)], default));
        Assert.Equal([scene.Me, signer, changed], message.Accounts.Take(3));
        Assert.Equal([true, true, false, false, false], Enumerable.Range(0, 5).Select(message.IsSigner));
        Assert.Equal([true, false, true, false, false], Enumerable.Range(0, 5).Select(message.IsWritable));
        var withTable = SolanaMessage.Create(
            message.Version, message.RequiredSignatures, message.ReadOnlySigned, message.ReadOnlyUnsigned, message.Accounts, message.Blockhash, message.Instructions,
            [new(scene.Any(), new byte[] { 1 }, new byte[] { 2 }), new(scene.Any(), new byte[] { 3 }, default)]);
        Assert.Equal([true, true, false], Enumerable.Range(5, 3).Select(withTable.IsWritable));
    }

    [Fact]
    public void A_transaction_has_as_many_signatures_as_its_message_needs()
    {
        var signed = scene.Sign(Transfer()).ToArray();
        Assert.Throws<FormatException>(() => SolanaTransaction.Decode([0, .. signed[65..]]));
        Assert.Throws<FormatException>(() => SolanaTransaction.Decode([2, .. signed[1..65], .. signed[1..]]));
        Assert.Throws<FormatException>(() => SolanaTransaction.Decode([0x81, 0, .. signed[1..]]));
        Assert.Throws<FormatException>(() => SolanaTransaction.Decode([.. signed, 0]));
        Assert.Throws<FormatException>(() => SolanaTransaction.Decode(signed.AsSpan(0, 64)));
        Assert.Throws<FormatException>(() => SolanaTransaction.Decode(new byte[1233]));
        Assert.Throws<FormatException>(() => SolanaTransaction.Decode(default));
    }

    static byte[] Bytes(Blockhash hash)
    {
        var bytes = new byte[32];
        hash.CopyTo(bytes);
        return bytes;
    }
}
