"""A small catalog without a fault, for tests to plant faults in."""

from __future__ import annotations

SOUND = {
    "fields.yaml": "- {id: civil_status, name: Hộ tịch}\n- {id: residence, name: Cư trú}\n",
    "roles.yaml": """\
        - {id: office_justice, name: Tư pháp, level: commune}
        - {id: province_home_affairs, name: Sở Nội vụ, level: province}
        - {id: emergency_113, name: Công an, level: emergency, phone: "113"}
        - {id: commune_police, name: Công an cấp xã, level: commune}
        """,
    "topics.yaml": """\
        - {id: land, name: Đất đai, role: office_justice, source: quy chế, words: [sổ đỏ]}
        - {id: waste, name: Rác thải, role: office_justice, source: quy chế, words: [đổ rác]}
        """,
    "emergencies.yaml": '- {number: "113", name: Công an, words: [bị cướp]}\n',
    "own_law.yaml": "- {lane: denunciation, words: [tố cáo]}\n",
    "offices.yaml": """\
        - id: xa-mau:office_justice
          role: office_justice
          name: Văn phòng xã Mẫu
          phone: 0228 3 123 456
          address: thôn Một, xã Mẫu
          source: danh bạ của xã
        - id: xa-mau:commune_police
          role: commune_police
          name: Công an xã Mẫu
          phone: 0228 3 123 457
          address: thôn Hai, xã Mẫu
          source: danh bạ của xã
        """,
    "places.yaml": """\
        - {id: tinh-mau, name: tỉnh Mẫu, kind: province, code: "37", source: danh mục}
        - {id: xa-mau, name: xã Mẫu, kind: commune, code: "14053", parent: tinh-mau, source: danh mục}
        """,
    "calendar.yaml": """\
        week:
          0: [{opens: 07:30, closes: 11:30}, {opens: 13:30, closes: 17:00}]
          1: [{opens: 07:30, closes: 11:30}]
        covers: [2026, 2027]
        hours_source: mặc định
        days:
          - {date: 2026-11-24, kind: holiday, name: Ngày Văn hóa Việt Nam, source: NQ 28/2026/QH16}
          - {date: 2027-11-24, kind: holiday, name: Ngày Văn hóa Việt Nam, source: NQ 28/2026/QH16}
        """,
    "limits.yaml": """\
        acknowledge: {amount: 8, unit: working_hour}
        answer: {amount: 15, unit: working_day}
        source: mặc định
        """,
    "deployment.yaml": "{slug: mau, name: xã Mẫu, unit: xa-mau, centre: Trung tâm xã Mẫu, source: danh mục}\n",
    "vocabulary.yaml": """\
        rewrites: {gks: giấy khai sinh, "đi {country}": "thường trú {country}"}
        lists: {country: [lào]}
        stop: [tôi]
        denials: []
        actions: {}
        ambiguous:
          - question: birth
            phrases: [mất giấy khai sinh]
            choices: [{label: Xin bản sao, code: 1.001190}, {label: Làm lại, text: cấp lại khai sinh}]
        not_ours: [{id: bank, phrases: [mất thẻ ngân hàng], where: Ông/bà báo cho ngân hàng nơi đã mở thẻ.}]
        """,
    "laws.yaml": """\
        - {number: 13/2023/NĐ-CP, name: Thi hành cũ, valid_to: 2025-12-31, replaced_by: 356/2025/NĐ-CP, source: NĐ}
        - {number: 356/2025/NĐ-CP, name: Nghị định thi hành mới, valid_from: 2026-01-01, source: NĐ 356}
        - {number: 64/2025/TT-BTC, name: Thông tư giảm phí, valid_to: 2026-12-31, source: bản 06/2026}
        """,
    "life_events.yaml": """\
        - id: birth
          name: Nhà có em bé
          everyday: [vợ sắp sinh]
          steps: [{code: 1.001190, say: Làm giấy khai sinh cho bé.}]
        """,
    "signposts/all.yaml": """\
        - code: 9.000009
          name: Cấp giấy của nơi khác
          everyday: [giấy của nơi khác]
          field: civil_status
          decided_by: Sở Nội vụ
          ask: Ông/bà hỏi Sở Nội vụ tỉnh Mẫu.
          source: {name: Danh mục của tỉnh, date: 2026-06-10}
        """,
    "procedures/civil_status/1.001190-khai-sinh.yaml": """\
        code: 1.001190
        decision: 163/QĐ-BTP
        name: Đăng ký khai sinh
        plain: Ghi tên con vào sổ hộ tịch.
        everyday:
          - làm khai sinh
        field: civil_status
        level: commune
        office: office_justice
        decided_by: Ủy ban nhân dân cấp xã
        who: Cha hoặc mẹ.
        result:
          - Giấy khai sinh
        cases:
          - id: late
            name: Quá hạn
        papers:
          - name: Giấy chứng sinh
            original: 1
          - name: Đơn trình bày
            original: 1
            case: late
        ways:
          online: {offered: true}
          post: {offered: false}
          in_person: {offered: true}
        time_limits:
          - unit: working_day
            amount: 5
        fees:
          - set_by: law
            amount: 8000
        legal_basis:
          - number: 60/2014/QH13
            name: Luật Hộ tịch
        notes:
          - Muốn ghi tên cha thì xem thủ tục 1.001191.
        link: https://dichvucong.gov.vn/thu-tuc-hanh-chinh/019d2bfd-3fe0-70ac-b9d6-5e9e20d6eef7
        source: {name: Cơ sở dữ liệu quốc gia, date: 2026-06-10, url: "https://dichvucong.gov.vn"}
        """,
    "procedures/civil_status/1.001191-nhan-cha.yaml": """\
        code: 1.001191
        decision: 163/QĐ-BTP
        name: Đăng ký nhận cha, mẹ, con
        plain: Ghi tên cha, mẹ vào giấy tờ của con.
        everyday:
          - nhận cha cho con
        field: civil_status
        level: commune
        office: office_justice
        decided_by: Ủy ban nhân dân cấp xã
        who: Cha, mẹ hoặc con.
        result: [Trích lục đăng ký nhận cha, mẹ, con]
        papers:
          - {name: Tờ khai, original: 1}
        ways:
          online: {offered: false}
          post: {offered: unknown}
          in_person: {offered: true}
        time_limits:
          - {unit: working_day, amount: 3}
        fees:
          - {set_by: province, note: Ông/bà hỏi nơi nộp hồ sơ.}
        legal_basis:
          - {number: 123/2015/NĐ-CP, name: Nghị định thi hành Luật Hộ tịch}
        source: {name: Quyết định công bố, date: 2026-06-10}
        """,
    "procedures/residence/1.001192-thuong-tru.yaml": """\
        code: 1.001192
        decision: 1/QĐ-BCA
        name: Đăng ký thường trú
        plain: Ghi nơi ở lâu dài.
        everyday: [nhập hộ khẩu]
        field: residence
        level: commune
        office: commune_police
        decided_by: Công an cấp xã
        who: Người có chỗ ở.
        result: [Thông báo kết quả]
        papers: [{name: Tờ khai CT01, original: 1}]
        ways:
          online: {offered: true}
          post: {offered: true}
          in_person: {offered: true}
        time_limits:
          - {unit: working_day, amount: 7, wording: 7 Ngày làm việc}
        fees:
          - {set_by: law, amount: 10000, way: online}
          - {set_by: law, amount: 20000, way: in_person}
          - {set_by: law, amount: 20000, way: post}
        legal_basis:
          - {number: 68/2020/QH14, name: Luật Cư trú}
        source: {name: Quyết định công bố, date: 2026-06-10}
        """,
}
BIRTH = "procedures/civil_status/1.001190-khai-sinh.yaml"
FATHER = "procedures/civil_status/1.001191-nhan-cha.yaml"
STAY = "procedures/residence/1.001192-thuong-tru.yaml"
CODE = "code: 1.001190"
