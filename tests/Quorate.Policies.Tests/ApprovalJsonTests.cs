using System.Text;

namespace Quorate.Policies.Tests;

public sealed class ApprovalJsonTests
{
    static readonly Approval[] approvals =
    [
        new Approval.Signature("alice", "laptop", new byte[] { 1, 2, 3 }),
        new Approval.Assertion("bob", "phone", new byte[] { 4 }, Array.Empty<byte>(), new byte[] { 5, 6 }),
    ];

    [Fact]
    public void What_is_written_is_read()
    {
        var written = ApprovalJson.Write(approvals);
        var read = ApprovalJson.Parse(written);
        Assert.Equal(written, ApprovalJson.Write(read));
        Assert.Equal([1, 2, 3], Assert.IsType<Approval.Signature>(read[0]).Value.ToArray());
        var assertion = Assert.IsType<Approval.Assertion>(read[1]);
        Assert.Equal(("bob", "phone", 1, 0, 2), (assertion.Member, assertion.Device, assertion.ClientDataJson.Length, assertion.AuthenticatorData.Length, assertion.Value.Length));
    }

    [Theory]
    [InlineData("{}", "type")]
    [InlineData("""[{"member":"alice","device":"laptop"}]""", "missing")]
    [InlineData("""[{"member":"alice","device":"laptop","signature":"0"}]""", "hex")]
    [InlineData("""[{"member":"alice","device":"laptop","signature":"AB"}]""", "hex")]
    [InlineData("""[{"member":"alice","device":"laptop","signature":"00","clientData":"00"}]""", "assertion")]
    [InlineData("""[{"member":"","device":"laptop","signature":"00"}]""", "name")]
    public void Anything_else_is_refused(string json, string code) =>
        Assert.Equal(code, Assert.Throws<DocumentException>(() => ApprovalJson.Parse(Encoding.UTF8.GetBytes(json))).Code);

    [Theory]
    [InlineData("rolling:86400")]
    [InlineData("day:Europe/Berlin")]
    [InlineData("week:UTC")]
    [InlineData("month:America/New_York")]
    public void A_counters_window_is_read_back(string text) => Assert.Equal(text, CounterWindow.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("rolling:-1")]
    [InlineData("year:UTC")]
    [InlineData("day:Nowhere/Nothing")]
    public void What_is_no_window_is_refused(string text) => Assert.Throws<FormatException>(() => CounterWindow.Parse(text));
}
