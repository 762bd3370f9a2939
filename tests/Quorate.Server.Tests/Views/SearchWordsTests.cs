using Quorate.Server.Views;

namespace Quorate.Server.Tests.Views;

public sealed class SearchWordsTests
{
    [Theory]
    [InlineData("Invoice 7, für MÜLLER", "invoice 7 für müller")]
    [InlineData("INV-2026/001_b", "inv 2026 001 b")]
    [InlineData("TRF_0199ab00-0000-7000-8000-0123456789ab.", "trf0199ab000000700080000123456789ab")]
    [InlineData("trf_0199-", "trf0199")]
    [InlineData("see wal_0199ab, trf_01", "see wal0199ab trf01")]
    [InlineData("key_rotation trf_ inv_2026 xtrf_01", "key rotation trf inv 2026 xtrf 01")]
    [InlineData("trf_01x", "trf 01x")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void A_text_is_its_words_and_an_id_is_one(string? text, string words) => Assert.Equal(words, string.Join(' ', SearchWords.Of(text)));
}
